import { LRUCache } from 'lru-cache';
import type { ResolvedCacheOptions } from '../../options/resolved-options.js';

const MAX_KEYS = 10_000;

/** Keys whose results must not be shared between requests, such as keys with credits, by hash. */
export class UnshareableKeys {
  readonly #keys: LRUCache<string, true>;

  constructor({ max }: ResolvedCacheOptions) {
    this.#keys = new LRUCache({ max: Math.min(max, MAX_KEYS) });
  }

  has(keyHash: string): boolean {
    return this.#keys.get(keyHash) === true;
  }

  set(keyHash: string, isUnshareable: boolean): void {
    if (isUnshareable) this.#keys.set(keyHash, true);
    else this.#keys.delete(keyHash);
  }
}
