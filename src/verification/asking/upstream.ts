import type { Question } from '../../contracts/question.js';
import type { CallerVerifier } from '../../contracts/verifier.js';
import type { VerificationFailure } from '../../errors/verification-failure.js';
import type { Breaker, Permit } from '../breaker/breaker.js';
import { obtain } from '../obtain.js';
import type { Outcome } from '../outcome.js';
import { isOutage } from './is-outage.js';

/** Unkey, asked with every bound there is: so many calls at once, none while the breaker is open, all with a deadline. */
export class Upstream {
  #inFlight = 0;

  /** @param timeout ms that a verification has as a whole */
  constructor(
    private readonly verifier: CallerVerifier,
    private readonly maxInFlight: number,
    private readonly timeout: number,
    private readonly breaker: Breaker | undefined,
  ) {}

  /**
   * Asks once. Never rejects, since {@link obtain} does not.
   *
   * @param timeout ms that are left for it
   */
  async ask(question: Question, timeout: number): Promise<Outcome> {
    if (timeout <= 0) return refused('no time is left to ask');
    if (this.#inFlight >= this.maxInFlight) {
      return refused(`${this.maxInFlight} verifications are on their way already`);
    }
    const permit = this.breaker?.admit();
    if (this.breaker !== undefined && permit === undefined) {
      return refused('the circuit breaker is open', this.breaker.waitFor());
    }
    this.#inFlight += 1;
    const outcome = await obtain(this.verifier, question, timeout);
    this.#inFlight -= 1;
    if (permit !== undefined) this.#settle(permit, outcome, timeout);
    return outcome;
  }

  /** Whoever had less than the whole time, and ran out of it, says nothing of Unkey. */
  #settle(permit: Permit, outcome: Outcome, timeout: number): void {
    const isCutShort = timeout < this.timeout && 'failure' in outcome && outcome.failure.isLate === true;
    if (isCutShort) this.breaker?.abandon(permit);
    else this.breaker?.settle(permit, isOutage(outcome));
  }
}

function refused(reason: string, waitFor = 0): Outcome {
  const failure: VerificationFailure = {
    kind: 'unavailable',
    reason,
    retryAfter: Math.max(1, Math.ceil(waitFor / 1000)),
  };
  return { failure };
}
