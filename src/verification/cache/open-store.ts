import type { VerificationStore } from '../../contracts/verification-store.js';
import { UnkeyConfigError } from '../../errors/unkey-config.error.js';
import { isStore, STORE_EXPECTED } from '../../options/is-store.js';
import type { ResolvedCacheOptions } from '../../options/resolved-options.js';
import { shown } from '../../options/shown-value.js';
import { within } from './within.js';

/** ms that closing a store may take: a lost Redis must not keep the app from closing. */
const CLOSING = 1000;

/** A store, and how it is closed if the module made it. */
export interface OpenStore {
  readonly store: VerificationStore | undefined;
  readonly close?: () => Promise<void>;
}

/**
 * The store that the options name, or that their function makes.
 *
 * @throws UnkeyConfigError if the function makes something else; what the function throws
 */
export async function openStore({ store: given }: ResolvedCacheOptions): Promise<OpenStore> {
  if (typeof given !== 'function') return { store: given };
  const store: unknown = await given();
  if (!isStore(store)) {
    throw new UnkeyConfigError(
      `UnkeyModule: option "cache.store" ${STORE_EXPECTED}; the function returned ${shown(store)}.`,
    );
  }
  ignoreErrors(store);
  return { store, close: async () => void (await within(() => closed(store), CLOSING)) };
}

/** An emitter without a listener for `error` ends the process; a store that fails is a miss. */
function ignoreErrors(store: object): void {
  const on: unknown = Reflect.get(store, 'on');
  if (typeof on === 'function') on.call(store, 'error', () => undefined);
}

/** Keyv and most clients have `disconnect`, others `close`. */
async function closed(store: object): Promise<void> {
  for (const name of ['disconnect', 'close']) {
    const close: unknown = Reflect.get(store, name);
    if (typeof close !== 'function') continue;
    await close.call(store);
    return;
  }
}
