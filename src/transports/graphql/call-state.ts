import type { Awaitable } from '../../contracts/awaitable.js';
import type { PolicyAnswers } from '../../contracts/handler-policy.js';
import type { CountedLimits, LimitDemand } from '../../contracts/limit.js';
import type { LimitProgress, RequestState } from '../../contracts/request-state.js';
import type { RatelimitState, Verification } from '../../contracts/verification.js';
import type { VerifiedKey } from '../../contracts/verified-key.js';
import type { VerifyOptions } from '../../contracts/verify-options.js';

/**
 * The state that the guards of one resolver call share. Each call has its own key, decision, checks and values of
 * functions in decorators, because two aliases call the same handler with different arguments. Verifications, counted
 * rate limits and the user are shared by the whole operation.
 */
export class CallState implements RequestState {
  readonly #call: RequestState;
  readonly #operation: RequestState;

  constructor(call: RequestState, operation: RequestState) {
    this.#call = call;
    this.#operation = operation;
  }

  get decided(): boolean {
    return this.#call.decided;
  }
  set decided(decided: boolean) {
    this.#call.decided = decided;
  }

  get key(): VerifiedKey | undefined {
    return this.#call.key;
  }
  set key(key: VerifiedKey | undefined) {
    this.#call.key = key;
  }

  get passedBySubclass(): object | undefined {
    return this.#call.passedBySubclass;
  }
  set passedBySubclass(handler: object | undefined) {
    this.#call.passedBySubclass = handler;
  }

  answers(handler: object, ask: () => Promise<PolicyAnswers>): Promise<PolicyAnswers> {
    return this.#call.answers(handler, ask);
  }

  checks(handler: object, key: string, ask: () => Promise<void>): Promise<void> {
    return this.#call.checks(handler, key, ask);
  }

  user(userFrom: object, key: string, make: () => Promise<unknown>): Promise<unknown> {
    return this.#operation.user(userFrom, key, make);
  }

  verification(
    key: string,
    demands: VerifyOptions,
    verify: () => Awaitable<Verification>,
  ): Awaitable<Verification> {
    return this.#operation.verification(key, demands, verify);
  }

  limiting(handler: object): LimitProgress {
    return this.#call.limiting(handler);
  }

  limited(
    handler: object,
    demands: readonly LimitDemand[],
    count: () => Promise<CountedLimits | undefined>,
  ): Promise<CountedLimits | undefined> {
    return this.#operation.limited(handler, demands, count);
  }

  counted(ratelimits: readonly RatelimitState[]): readonly RatelimitState[] {
    return this.#operation.counted(ratelimits);
  }
}
