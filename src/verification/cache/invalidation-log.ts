import { LRUCache } from 'lru-cache';

/** A point in time: a sequence number within this process, and Unix ms to compare with other instances. */
export interface Moment {
  readonly sequence: number;
  readonly time: number;
}

/** How much the clocks of two instances may differ, in ms. */
export const CLOCK_SKEW = 1000;
const MAX_ENTRIES = 10_000;

/**
 * Records what was invalidated and when, by key hash or key id, so that no older result is used or stored afterwards,
 * however late it arrives. It holds a limited number of invalidations; if there are more, the oldest ones apply to
 * every key.
 */
export class InvalidationLog {
  #sequence = 0;
  #latestSequence = 0;
  #everything: Moment = { sequence: 0, time: 0 };
  readonly #moments = new LRUCache<string, Moment>({
    max: MAX_ENTRIES,
    dispose: (moment, _, reason) => {
      if (reason === 'evict' && moment.sequence > this.#everything.sequence) this.#everything = moment;
    },
  });

  /** @param now Unix ms */
  constructor(private readonly now: () => number) {}

  /** Returns the next sequence number. Call it before a request, to compare it with later invalidations. */
  nextSequence(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  /** The sequence number of the latest invalidation; 0: there was none. */
  get latestSequence(): number {
    return this.#latestSequence;
  }

  /** @param id a key hash or a key id; `undefined`: everything */
  invalidate(id: string | undefined): void {
    const moment = { sequence: this.nextSequence(), time: this.now() };
    this.#latestSequence = moment.sequence;
    if (id === undefined) this.#everything = moment;
    else this.#moments.set(id, moment);
  }

  /** Whether one of these ids was invalidated after a sequence number. */
  isInvalidatedSince(sequence: number, ...ids: readonly (string | undefined)[]): boolean {
    // Called for every cache hit, and nearly always there was no invalidation.
    if (this.#everything.sequence <= sequence && this.#moments.size === 0) return false;
    return this.#momentsOf(ids).some((moment) => moment.sequence > sequence);
  }

  /** When this id was invalidated by itself, in Unix ms; 0: never, or it is no longer known. */
  timeOf(id: string): number {
    return this.#moments.get(id)?.time ?? 0;
  }

  /** Whether one of these ids was invalidated after the time of a call, which any instance may have made. */
  isInvalidatedSinceTime(requestedAt: number, ...ids: readonly (string | undefined)[]): boolean {
    return this.#momentsOf(ids).some(({ time }) => mayPrecede(requestedAt, time));
  }

  #momentsOf(ids: readonly (string | undefined)[]): Moment[] {
    const found = ids.map((id) => (id === undefined ? undefined : this.#moments.get(id)));
    return [this.#everything, ...found.filter((moment) => moment !== undefined)];
  }
}

/** Whether a call may have been made before an invalidation. Within the clock skew it counts as before. */
export function mayPrecede(requestedAt: number, invalidatedAt: number): boolean {
  return invalidatedAt > 0 && requestedAt <= invalidatedAt + CLOCK_SKEW;
}
