import { LRUCache } from 'lru-cache';
import type { ResolvedCacheOptions } from '../../options/resolved-options.js';
import type { Answered } from '../outcome.js';
import { finish } from '../verified-key-of.js';
import type { Moment } from './revocations.js';
import { sweep } from './sweep.js';

/** The most that is remembered. */
const MOST = 10_000;

interface NotFound extends Moment {
  /** Unix ms. */
  readonly until: number;
}

/** What Unkey does not know, for a short time and in a space of its own: a flood of bad keys pushes out no good one. */
export class NotFoundKeys {
  readonly answer: Answered = Object.freeze({
    verification: finish({ valid: false, code: 'NOT_FOUND', source: 'cache' }),
    source: 'cache',
  });
  readonly #keys: LRUCache<string, NotFound>;
  readonly #ttl: number;

  constructor({ max, negativeTtl }: ResolvedCacheOptions) {
    this.#keys = new LRUCache({ max: Math.min(max, MOST) });
    this.#ttl = negativeTtl;
  }

  get(text: string, now: number): Moment | undefined {
    const known = this.#keys.get(text);
    return known === undefined || now >= known.until || now < known.at ? undefined : known;
  }

  set(text: string, { order, at }: Moment, now: number): void {
    const until = at + this.#ttl;
    if (now >= until) return;
    sweep(this.#keys, (oldest) => oldest.until <= now);
    this.#keys.set(text, { order, at, until });
  }
}
