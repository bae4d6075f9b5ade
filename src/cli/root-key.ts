import { Random } from '../emulator/domain/random.js';

/**
 * The root key of `dev` unless you give another one. It is the same at every start, so that `.env` files can hold it,
 * and known to everybody: see `hostRefusal`.
 */
export const DEV_ROOT_KEY = 'unkey_dev_root_key';

/** A root key that nobody can guess. */
export function randomRootKey(): string {
  return `unkey_${new Random().secret(16)}`;
}
