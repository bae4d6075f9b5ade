import { randomBytes, randomFillSync } from 'node:crypto';
import { base58 } from './base58.js';

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** The prefix of a generated id. */
export type IdPrefix = 'api' | 'id' | 'key' | 'ks' | 'perm' | 'req' | 'rl' | 'rlns' | 'rlor' | 'role';

/** Generates ids and key secrets. Random bytes are drawn in blocks, because every response needs an id. */
export class Random {
  readonly #pool = new Uint8Array(4096);
  #next = this.#pool.length;

  /** A new id: the prefix, `_`, nine letters and digits. */
  id(prefix: IdPrefix): string {
    let id = `${prefix}_`;
    for (let i = 0; i < 9; i++) id += LETTERS.charAt(this.#below62());
    return id;
  }

  /** `byteLength` random bytes in Base58. */
  secret(byteLength: number): string {
    return base58(randomBytes(byteLength));
  }

  #below62(): number {
    for (;;) {
      if (this.#next === this.#pool.length) {
        randomFillSync(this.#pool);
        this.#next = 0;
      }
      const byte = this.#pool[this.#next++] ?? 0;
      if (byte < 248) return byte % 62;
    }
  }
}
