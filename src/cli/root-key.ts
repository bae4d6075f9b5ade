import { Random } from '../emulator/domain/random.js';

/**
 * The default root key of `dev`. It is the same at every start, so that you can put it into an `.env` file. It is public;
 * `hostRefusal` explains how that is kept safe.
 */
export const DEV_ROOT_KEY = 'unkey_dev_root_key';

/** A random root key. */
export function randomRootKey(): string {
  return `unkey_${new Random().secret(16)}`;
}
