import type { BreakerState } from '../../contracts/verification-observer.js';
import type { ResolvedBreakerOptions } from '../../options/resolved-options.js';
import { FailureWindow } from './failure-window.js';

/** With fewer calls, the failure rate is not meaningful. */
const MIN_CALLS = 20;

/** The permission to make one call. Pass it to `settle` or `abandon` after the call. */
export interface Permit {
  readonly period: number;
}

/**
 * A circuit breaker. It opens after consecutive failures, or if the failure rate is too high. After `openFor`, it lets
 * one call through as a probe and rejects all others immediately. The caller decides whether a call failed.
 */
export class Breaker {
  #state: BreakerState = 'closed';
  /** Grows with every state change, so that a call that began before a change does not count after it. */
  #period = 0;
  #consecutiveFailures = 0;
  #openedAt = 0;
  readonly #window = new FailureWindow();

  /**
   * @param now a monotonic clock, in ms
   * @param changed called at every state change
   */
  constructor(
    private readonly options: ResolvedBreakerOptions,
    private readonly now: () => number,
    private readonly changed: (state: BreakerState) => void,
  ) {}

  /** The current state. An open breaker that lets the next call through is `half-open`. */
  get state(): BreakerState {
    return this.#state === 'open' && this.remaining() === 0 ? 'half-open' : this.#state;
  }

  /** Returns a permit for one call, or `undefined` if no call is allowed. */
  admit(): Permit | undefined {
    if (this.#state === 'closed') return { period: this.#period };
    if (this.#state === 'half-open' || this.remaining() > 0) return undefined;
    this.#change('half-open');
    return { period: this.#period };
  }

  /** Records whether a call failed. */
  settle({ period }: Permit, failed: boolean): void {
    if (period !== this.#period) return;
    if (this.#state === 'half-open') {
      this.#change(failed ? 'open' : 'closed');
      return;
    }
    this.#consecutiveFailures = failed ? this.#consecutiveFailures + 1 : 0;
    this.#window.add(failed, this.now());
    if (failed && this.#isThresholdReached()) this.#change('open');
  }

  /** Records a call without a meaningful result. If it was the probe, the next call becomes the probe. */
  abandon({ period }: Permit): void {
    if (period !== this.#period || this.#state !== 'half-open') return;
    const openedAt = this.#openedAt;
    this.#change('open');
    this.#openedAt = openedAt;
  }

  /** How long the breaker stays open, in ms; 0 if a call is allowed now. */
  remaining(): number {
    if (this.#state !== 'open') return 0;
    return Math.max(0, this.#openedAt + this.options.openFor - this.now());
  }

  #isThresholdReached(): boolean {
    const { consecutiveFailures, failureRate } = this.options;
    if (this.#consecutiveFailures >= consecutiveFailures) return true;
    const now = this.now();
    return this.#window.calls(now) >= MIN_CALLS && this.#window.failureRate(now) >= failureRate;
  }

  #change(state: BreakerState): void {
    this.#state = state;
    this.#period += 1;
    this.#consecutiveFailures = 0;
    this.#window.clear();
    if (state === 'open') this.#openedAt = this.now();
    this.changed(state);
  }
}
