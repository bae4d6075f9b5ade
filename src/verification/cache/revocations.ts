import { LRUCache } from 'lru-cache';

/** A moment: in order of what happened here, and in Unix ms for what other instances wrote. */
export interface Moment {
  readonly order: number;
  readonly at: number;
}

/** ms by which the clocks of two instances may differ. */
export const SKEW = 1000;
const MOST = 10_000;

/**
 * What was invalidated and when, by key hash and by key id, so that no answer from before can be used or stored
 * after, however late it comes. Of so many it remembers each; beyond that the oldest count for every key.
 */
export class Revocations {
  #order = 0;
  #latest = 0;
  #all: Moment = { order: 0, at: 0 };
  readonly #moments = new LRUCache<string, Moment>({
    max: MOST,
    dispose: (moment, _, reason) => {
      if (reason === 'evict' && moment.order > this.#all.order) this.#all = moment;
    },
  });

  /** @param now Unix ms */
  constructor(private readonly now: () => number) {}

  /** The moment at which something is asked. */
  next(): number {
    this.#order += 1;
    return this.#order;
  }

  /** The order of the latest one; 0: there was none. */
  get latest(): number {
    return this.#latest;
  }

  /** @param id a key hash or a key id; `undefined`: everything */
  revoke(id: string | undefined): void {
    const moment = { order: this.next(), at: this.now() };
    this.#latest = moment.order;
    if (id === undefined) this.#all = moment;
    else this.#moments.set(id, moment);
  }

  /** Whether what was asked here at that moment has been invalidated since. */
  since(order: number, ...ids: readonly (string | undefined)[]): boolean {
    // Asked for every answer from memory, where there is nearly never anything to find.
    if (this.#all.order <= order && this.#moments.size === 0) return false;
    return this.#of(ids).some((moment) => moment.order > order);
  }

  /** When this one was revoked by itself, in Unix ms; 0: never, as far as is known. */
  timeOf(id: string): number {
    return this.#moments.get(id)?.at ?? 0;
  }

  /** Whether what some instance asked at that time has been invalidated since, as far as is known here. */
  sinceTime(asked: number, ...ids: readonly (string | undefined)[]): boolean {
    return this.#of(ids).some(({ at }) => isBefore(asked, at));
  }

  #of(ids: readonly (string | undefined)[]): Moment[] {
    const found = ids.map((id) => (id === undefined ? undefined : this.#moments.get(id)));
    return [this.#all, ...found.filter((moment) => moment !== undefined)];
  }
}

/** Whether an answer asked for at that time may be from before an invalidation; in doubt it is. */
export function isBefore(asked: number, invalidated: number): boolean {
  return invalidated > 0 && asked <= invalidated + SKEW;
}
