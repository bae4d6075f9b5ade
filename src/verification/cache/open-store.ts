import type { VerificationStore } from '../../contracts/verification-store.js';
import { UnkeyConfigError } from '../../errors/unkey-config.error.js';
import { isStore, STORE_EXPECTED } from '../../options/is-store.js';
import type { ResolvedCacheOptions } from '../../options/resolved-options.js';
import { shown } from '../../options/shown-value.js';
import { withTimeout } from './with-timeout.js';

/** How long closing a store may take, in ms: an unreachable Redis must not keep the app from closing. */
const CLOSE_TIMEOUT = 1000;

/** A store, and a function that closes it if the module created it. */
export interface OpenStore {
  readonly store: VerificationStore | undefined;
  readonly close?: () => Promise<void>;
}

/**
 * Returns the store of the option `cache.store`, or creates it if the option is a function.
 *
 * @throws UnkeyConfigError if the function does not return a store; also any error that the function throws
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
  return { store, close: async () => void (await withTimeout(() => closeStore(store), CLOSE_TIMEOUT)) };
}

/** Without a listener for `error`, an event emitter would end the process. A store that fails is only a miss. */
function ignoreErrors(store: object): void {
  const on: unknown = Reflect.get(store, 'on');
  if (typeof on === 'function') on.call(store, 'error', () => undefined);
}

/** Keyv and most clients have `disconnect`, others `close`. */
async function closeStore(store: object): Promise<void> {
  for (const name of ['disconnect', 'close']) {
    const close: unknown = Reflect.get(store, name);
    if (typeof close !== 'function') continue;
    await close.call(store);
    return;
  }
}
