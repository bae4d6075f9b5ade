import { type Counter, slide } from '../domain/sliding-window.js';
import type { ChangeListener } from './changes.js';

/** A counter and the length of its windows in ms. */
export interface StoredCounter extends Counter {
  duration: number;
}

const FIRST_SWEEP = 10_000;

/** The counters of all limits. A counter is created when it is first used. */
export class Counters {
  readonly #counters = new Map<string, StoredCounter>();
  #sweepAt = FIRST_SWEEP;

  constructor(private readonly changed: ChangeListener) {}

  all(): Iterable<readonly [id: string, counter: StoredCounter]> {
    return this.#counters;
  }

  byId(id: string): StoredCounter | undefined {
    return this.#counters.get(id);
  }

  restore(id: string, counter: StoredCounter): void {
    this.#counters.set(id, counter);
  }

  /**
   * @param scope the owner of the limit: the id of a key, an identity or a namespace
   * @param name the name of the limit, or the identifier in a namespace
   * @param duration milliseconds; each duration has its own counter
   */
  for(scope: string, name: string, duration: number, now: number): Counter {
    const key = `${scope} ${duration} ${name}`;
    const window = Math.floor(now / duration);
    let counter = this.#counters.get(key);
    // Slide it before another limit of the same call may start a sweep, which would delete it as outdated.
    if (counter) slide(counter, window);
    else {
      if (this.#counters.size >= this.#sweepAt) this.#sweep(now);
      counter = { window, current: 0, previous: 0, duration };
      this.#counters.set(key, counter);
    }
    this.changed('counter', key);
    return counter;
  }

  /** Deletes counters that no longer matter, each time their number has doubled, so that memory stays bounded. */
  #sweep(now: number): void {
    for (const [key, { window, duration }] of this.#counters) {
      if (Math.floor(now / duration) > window + 1) this.#counters.delete(key);
    }
    this.#sweepAt = Math.max(FIRST_SWEEP, 2 * this.#counters.size);
  }
}
