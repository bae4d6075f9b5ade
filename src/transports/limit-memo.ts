import type { CountedLimits, LimitDemand } from '../contracts/limit.js';
import type { LimitProgress } from '../contracts/request-state.js';
import type { RatelimitState } from '../contracts/verification.js';

interface Counted {
  readonly handler: object;
  /** As JSON. */
  readonly demands: string;
  readonly result: Promise<CountedLimits | undefined>;
}

/** What the guards of one request know about its rate limits. There is nearly always one handler. */
export class LimitMemo {
  readonly #progress = new Map<object, LimitProgress>();
  readonly #results: Counted[] = [];
  // A set, because two guards can report the same verification.
  readonly #ratelimits = new Set<RatelimitState>();

  progress(handler: object): LimitProgress {
    let progress = this.#progress.get(handler);
    if (progress === undefined) this.#progress.set(handler, (progress = { guardsBefore: 0 }));
    return progress;
  }

  limited(
    handler: object,
    demands: readonly LimitDemand[],
    count: () => Promise<CountedLimits | undefined>,
  ): Promise<CountedLimits | undefined> {
    const text = JSON.stringify(demands);
    const known = this.#results.find((entry) => entry.handler === handler && entry.demands === text);
    if (known !== undefined) return known.result;
    const result = count();
    this.#results.push({ handler, demands: text, result });
    return result;
  }

  counted(ratelimits: readonly RatelimitState[]): readonly RatelimitState[] {
    for (const limit of ratelimits) this.#ratelimits.add(limit);
    return [...this.#ratelimits];
  }
}
