import { Random } from '../emulator/domain/random.js';

/** A root key that nobody can guess. */
export function randomRootKey(): string {
  return `unkey_${new Random().secret(16)}`;
}
