import type { UnkeyState } from '../../contracts/unkey-state.js';
import type { VerificationFailure } from '../../errors/verification-failure.js';
import type { Breaker, Permit } from '../breaker/breaker.js';
import type { Failed } from '../outcome.js';
import type { InFlight } from './in-flight.js';
import { isOutage } from './is-outage.js';

/**
 * Calls Unkey within limits: a maximum number of concurrent calls, none while the breaker is open, each with a
 * deadline.
 *
 * @typeParam Question the request
 * @typeParam Result the result of a successful call
 */
export class Upstream<Question, Result extends object> {
  #lastAnswerAt: number | undefined;

  /**
   * @param call makes one call with a deadline in ms; must not reject
   * @param timeout the time for a whole call, in ms
   * @param now the clock, in Unix ms
   */
  constructor(
    private readonly call: (question: Question, timeout: number) => Promise<Result | Failed>,
    private readonly inFlight: InFlight,
    private readonly timeout: number,
    private readonly breaker: Breaker | undefined,
    private readonly now: () => number,
  ) {}

  /** See {@link UnkeyState}. */
  state(): UnkeyState {
    const breaker = this.breaker?.state ?? 'off';
    return this.#lastAnswerAt === undefined ? { breaker } : { breaker, lastAnswerAt: this.#lastAnswerAt };
  }

  /**
   * Makes one call. Never rejects.
   *
   * @param timeout the time that is left, in ms
   */
  async ask(question: Question, timeout: number): Promise<Result | Failed> {
    if (timeout <= 0) return rejected('the deadline passed before Unkey was called');
    if (!this.inFlight.enter()) return rejected(`${this.inFlight.max} calls to Unkey are already in flight`);
    const permit = this.breaker?.admit();
    if (this.breaker !== undefined && permit === undefined) {
      this.inFlight.leave();
      return rejected('the circuit breaker is open', this.breaker.remaining());
    }
    const outcome = await this.call(question, timeout);
    this.inFlight.leave();
    const failure = failureOf(outcome);
    const isFailed = failure !== undefined && isOutage(failure);
    if (!isFailed) this.#lastAnswerAt = this.now();
    if (permit !== undefined) this.#settle(permit, failure, timeout);
    return outcome;
  }

  /** If a call had less than the whole time and timed out, the timeout does not count as a failure of Unkey. */
  #settle(permit: Permit, failure: VerificationFailure | undefined, timeout: number): void {
    const isCutShort = timeout < this.timeout && failure?.isLate === true;
    if (isCutShort) this.breaker?.abandon(permit);
    else this.breaker?.settle(permit, failure !== undefined && isOutage(failure));
  }
}

function failureOf(outcome: object | Failed): VerificationFailure | undefined {
  return 'failure' in outcome ? outcome.failure : undefined;
}

function rejected(reason: string, remaining = 0): Failed {
  const failure: VerificationFailure = {
    kind: 'unavailable',
    reason,
    retryAfter: Math.max(1, Math.ceil(remaining / 1000)),
  };
  return { failure };
}
