import type { BreakerState } from '../../contracts/verification-observer.js';
import type { ResolvedBreakerOptions } from '../../options/resolved-options.js';
import { FailureWindow } from './failure-window.js';

/** So few calls say nothing about a rate. */
const LEAST_CALLS = 20;

/** A call that may be made; hand it back with what became of it. */
export interface Permit {
  readonly period: number;
}

/**
 * Keeps calls away from an Unkey that does not answer: it opens on failures in a row or on a rate of them, and when
 * `openFor` is over lets one call through to see, while all others are refused at once. Whether a call failed is
 * not its to say.
 */
export class Breaker {
  #state: BreakerState = 'closed';
  /** Grows with every change, so that a call from before one does not count after it. */
  #period = 0;
  #inARow = 0;
  #opened = 0;
  readonly #window = new FailureWindow();

  /**
   * @param now ms of a clock that does not jump
   * @param changed hears of every change
   */
  constructor(
    private readonly options: ResolvedBreakerOptions,
    private readonly now: () => number,
    private readonly changed: (state: BreakerState) => void,
  ) {}

  /** A permit for one call, or `undefined`: do not call. */
  admit(): Permit | undefined {
    if (this.#state === 'closed') return { period: this.#period };
    if (this.#state === 'half-open' || this.waitFor() > 0) return undefined;
    this.#change('half-open');
    return { period: this.#period };
  }

  settle({ period }: Permit, failed: boolean): void {
    if (period !== this.#period) return;
    if (this.#state === 'half-open') {
      this.#change(failed ? 'open' : 'closed');
      return;
    }
    this.#inARow = failed ? this.#inARow + 1 : 0;
    this.#window.add(failed, this.now());
    if (failed && this.#isTooMuch()) this.#change('open');
  }

  /** A call that says nothing: as if it had not been made, so the next may find out. */
  abandon({ period }: Permit): void {
    if (period !== this.#period || this.#state !== 'half-open') return;
    const opened = this.#opened;
    this.#change('open');
    this.#opened = opened;
  }

  /** ms until it lets a call through; 0 where it would now. */
  waitFor(): number {
    if (this.#state !== 'open') return 0;
    return Math.max(0, this.#opened + this.options.openFor - this.now());
  }

  #isTooMuch(): boolean {
    const { consecutiveFailures, failureRate } = this.options;
    if (this.#inARow >= consecutiveFailures) return true;
    const now = this.now();
    return this.#window.calls(now) >= LEAST_CALLS && this.#window.failureRate(now) >= failureRate;
  }

  #change(state: BreakerState): void {
    this.#state = state;
    this.#period += 1;
    this.#inARow = 0;
    this.#window.clear();
    if (state === 'open') this.#opened = this.now();
    this.changed(state);
  }
}
