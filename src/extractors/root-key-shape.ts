import type { RootKey } from '../options/root-key.js';

/** What a root key that was presented as an API key is: this app's own, one of the local server's, or just like one. */
export type PresentedRootKey = 'own' | 'local' | 'alike';

/** Whether a text that is presented as an API key is a root key, or looks like one; `undefined` if it does not. */
export function presentedRootKey(text: string, own: RootKey | undefined): PresentedRootKey | undefined {
  if (own?.equals(text) === true) return 'own';
  if (!text.startsWith('unkey_')) return undefined;
  return text.startsWith('unkey_dev_') ? 'local' : 'alike';
}
