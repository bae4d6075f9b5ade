import type { RootKey } from '../options/root-key.js';

/** A root key that was sent as an API key: this app's own, one of the local Unkey server, or a key that looks like one. */
export type PresentedRootKey = 'own' | 'local' | 'alike';

/** Returns which kind of root key was sent as an API key; `undefined` if it does not look like a root key. */
export function presentedRootKey(text: string, own: RootKey | undefined): PresentedRootKey | undefined {
  if (own?.equals(text) === true) return 'own';
  if (!text.startsWith('unkey_')) return undefined;
  return text.startsWith('unkey_dev_') ? 'local' : 'alike';
}
