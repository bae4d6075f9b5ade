import type { Awaitable } from '../contracts/awaitable.js';
import type { PolicyAnswers } from '../contracts/handler-policy.js';
import type { RequestState } from '../contracts/request-state.js';
import type { Verification } from '../contracts/verification.js';
import type { VerifiedKey } from '../contracts/verified-key.js';
import type { VerifyOptions } from '../contracts/verify-options.js';

const STATE = Symbol.for('nestjs-unkey:request');

/** An object that a state may stand on. */
export interface StateCarrier {
  [STATE]?: RequestState;
}

interface Answered {
  readonly handler: object;
  readonly answers: Promise<PolicyAnswers>;
}

interface Verified {
  readonly key: string;
  readonly demands: VerifyOptions;
  readonly verification: Awaitable<Verification>;
}

/**
 * What the guards of one request share, in private fields so that printing a request shows none of it. Nearly always
 * there is one of each, so lists are looked through, and demands are compared by their text only where there are two.
 */
class SharedState implements RequestState {
  #decided = false;
  #key: VerifiedKey | undefined;
  readonly #answered: Answered[] = [];
  readonly #verified: Verified[] = [];

  get decided(): boolean {
    return this.#decided;
  }
  set decided(decided: boolean) {
    this.#decided = decided;
  }

  get key(): VerifiedKey | undefined {
    return this.#key;
  }
  set key(key: VerifiedKey | undefined) {
    this.#key = key;
  }

  answers(handler: object, ask: () => Promise<PolicyAnswers>): Promise<PolicyAnswers> {
    for (const one of this.#answered) if (one.handler === handler) return one.answers;
    const answers = ask();
    this.#answered.push({ handler, answers });
    return answers;
  }

  verification(
    key: string,
    demands: VerifyOptions,
    verify: () => Awaitable<Verification>,
  ): Awaitable<Verification> {
    for (const one of this.#verified) {
      if (one.key === key && isSame(one.demands, demands)) return one.verification;
    }
    const verification = verify();
    this.#verified.push({ key, demands, verification });
    return verification;
  }
}

/** The state that stands on a request, or a new one. */
export function stateOn(carrier: StateCarrier): RequestState {
  const known = carrier[STATE];
  if (known !== undefined) return known;
  const state = new SharedState();
  // Not enumerable: a request that is printed or copied shows nothing of it.
  Object.defineProperty(carrier, STATE, { value: state });
  return state;
}

/** The state that a guard left on this object, if one did. */
export function readState(carrier: StateCarrier): RequestState | undefined {
  return carrier[STATE];
}

function isSame(a: VerifyOptions, b: VerifyOptions): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
