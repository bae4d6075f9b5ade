import { LRUCache } from 'lru-cache';
import type { ResolvedCacheOptions } from '../../options/resolved-options.js';
import type { AnswerId } from './answer-id.js';
import type { CachedAnswer } from './cached-answer.js';

/** The most that is remembered of keys that are not good. */
const MOST_NEGATIVE = 10_000;
/** So many of the oldest entries are looked at when one comes. */
const SWEEP = 100;

interface Remembered {
  readonly answer: CachedAnswer;
  /** When it was asked for, in the order of {@link Revocations}. */
  readonly order: number;
}

interface Negative {
  /** Unix ms. */
  readonly asked: number;
  readonly until: number;
  readonly order: number;
}

interface GoodKey {
  /** When the last of its answers is over, in Unix ms. */
  readonly until: number;
}

/**
 * What one instance remembers: good answers, bad keys in a space of their own, and keys whose answers are not to be
 * shared. Bounded, and without timers: what is over goes when something new comes.
 */
export class Memory {
  readonly #good: LRUCache<string, Remembered>;
  /** The keys by hash that good answers are remembered of, under whatever permissions and addresses. */
  readonly #goodKeys: LRUCache<string, GoodKey>;
  readonly #bad: LRUCache<string, Negative>;
  readonly #alone: LRUCache<string, true>;

  constructor({ max }: ResolvedCacheOptions) {
    this.#good = new LRUCache({ max });
    this.#goodKeys = new LRUCache({ max });
    this.#bad = new LRUCache({ max: Math.min(max, MOST_NEGATIVE) });
    this.#alone = new LRUCache({ max: Math.min(max, MOST_NEGATIVE) });
  }

  good(id: string): Remembered | undefined {
    return this.#good.get(id);
  }

  hasGood(keyHash: string): boolean {
    return this.#goodKeys.has(keyHash);
  }

  keepGood({ text, keyHash }: AnswerId, remembered: Remembered, now: number): void {
    sweep(this.#good, ({ answer }) => answer.staleUntil <= now);
    this.#good.set(text, remembered);
    sweep(this.#goodKeys, ({ until }) => until <= now);
    const until = Math.max(remembered.answer.staleUntil, this.#goodKeys.peek(keyHash)?.until ?? 0);
    this.#goodKeys.set(keyHash, { until });
  }

  /** Whether there was one. */
  dropGood(id: string): boolean {
    return this.#good.delete(id);
  }

  bad(id: string): Negative | undefined {
    return this.#bad.get(id);
  }

  keepBad(id: string, negative: Negative, now: number): void {
    sweep(this.#bad, ({ until }) => until <= now);
    this.#bad.set(id, negative);
  }

  isAlone(keyHash: string): boolean {
    return this.#alone.get(keyHash) === true;
  }

  setAlone(keyHash: string, alone: boolean): void {
    if (alone) this.#alone.set(keyHash, true);
    else this.#alone.delete(keyHash);
  }

  forgetKey(keyHash: string): void {
    this.#goodKeys.delete(keyHash);
  }

  clear(): void {
    this.#good.clear();
    this.#goodKeys.clear();
    this.#bad.clear();
  }
}

/** Takes what is over from the end that was not used for longest. */
function sweep<Entry extends object>(
  space: LRUCache<string, Entry>,
  isOver: (entry: Entry) => boolean,
): void {
  for (let n = 0; n < SWEEP; n++) {
    const oldest = space.rkeys().next();
    const entry = oldest.done === true ? undefined : space.peek(oldest.value);
    if (entry === undefined || oldest.done === true || !isOver(entry)) return;
    space.delete(oldest.value);
  }
}
