import type { Question } from '../../contracts/question.js';
import type { UnkeyState } from '../../contracts/unkey-state.js';
import type { CallerVerifier } from '../../contracts/verifier.js';
import type { VerificationFailure } from '../../errors/verification-failure.js';
import type { Breaker, Permit } from '../breaker/breaker.js';
import { obtain } from '../obtain.js';
import type { Outcome } from '../outcome.js';
import { isOutage } from './is-outage.js';

/**
 * Calls Unkey within limits: a maximum number of concurrent calls, none while the breaker is open, each with a
 * deadline.
 */
export class Upstream {
  #inFlight = 0;
  #lastAnswerAt: number | undefined;

  /**
   * @param timeout the time for a whole verification, in ms
   * @param now the clock, in Unix ms
   */
  constructor(
    private readonly verifier: CallerVerifier,
    private readonly maxInFlight: number,
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
   * Makes one call. Never rejects, since {@link obtain} does not.
   *
   * @param timeout the time that is left, in ms
   */
  async ask(question: Question, timeout: number): Promise<Outcome> {
    if (timeout <= 0) return rejected('the deadline passed before Unkey was called');
    if (this.#inFlight >= this.maxInFlight) {
      return rejected(`${this.maxInFlight} verifications are already in flight`);
    }
    const permit = this.breaker?.admit();
    if (this.breaker !== undefined && permit === undefined) {
      return rejected('the circuit breaker is open', this.breaker.remaining());
    }
    this.#inFlight += 1;
    const outcome = await obtain(this.verifier, question, timeout);
    this.#inFlight -= 1;
    if (!isOutage(outcome)) this.#lastAnswerAt = this.now();
    if (permit !== undefined) this.#settle(permit, outcome, timeout);
    return outcome;
  }

  /** If a call had less than the whole time and timed out, the timeout does not count as a failure of Unkey. */
  #settle(permit: Permit, outcome: Outcome, timeout: number): void {
    const isCutShort = timeout < this.timeout && 'failure' in outcome && outcome.failure.isLate === true;
    if (isCutShort) this.breaker?.abandon(permit);
    else this.breaker?.settle(permit, isOutage(outcome));
  }
}

function rejected(reason: string, remaining = 0): Outcome {
  const failure: VerificationFailure = {
    kind: 'unavailable',
    reason,
    retryAfter: Math.max(1, Math.ceil(remaining / 1000)),
  };
  return { failure };
}
