import type { Awaitable } from './awaitable.js';
import type { PolicyAnswers } from './handler-policy.js';
import type { CountedLimits, LimitDemand } from './limit.js';
import type { RatelimitState, Verification } from './verification.js';
import type { VerifiedKey } from './verified-key.js';
import type { VerifyOptions } from './verify-options.js';

/**
 * State that the guards and param decorators of one request share. It is stored on the request itself under a
 * registered symbol, so that several instances of the guard, or of this package, find it and verify the request only
 * once.
 *
 * Each `scope` (the name of the verifying configuration) has its own state. If one app passes its request to another
 * app in the same process, the guards of the second app do not see the state of the first.
 */
export interface RequestState {
  /** Whether a guard decided about this request. If so and there is no key, it was let through without one. */
  decided: boolean;
  key: VerifiedKey | undefined;
  /** The handler to which a subclass of the guard let this request through. */
  passedBySubclass: object | undefined;
  /** Calls a handler's functions for the first guard. Later guards get the same values. */
  answers(handler: object, ask: () => Promise<PolicyAnswers>): Promise<PolicyAnswers>;
  /** Runs the checks of a handler for the first guard with this key. Later guards get the same result. */
  checks(handler: object, key: string, ask: () => Promise<void>): Promise<void>;
  /** Makes the user of a key for the first guard. Later guards get the same user. @param userFrom the function */
  user(userFrom: object, key: string, make: () => Promise<unknown>): Promise<unknown>;
  /** Verifies a key against a set of requirements for the first guard. Later guards get the same result. */
  verification(
    key: string,
    demands: VerifyOptions,
    verify: () => Awaitable<Verification>,
  ): Awaitable<Verification>;
  /** Returns how far the rate limits of a handler are counted. The guards of the request update it. */
  limiting(handler: object): LimitProgress;
  /** Counts rate limits for a handler for the first guard. Later guards get the same result. */
  limited(
    handler: object,
    demands: readonly LimitDemand[],
    count: () => Promise<CountedLimits | undefined>,
  ): Promise<CountedLimits | undefined>;
  /** Adds limits that this request counted against, and returns all of them, for the headers of the response. */
  counted(ratelimits: readonly RatelimitState[]): readonly RatelimitState[];
}

/** How far the rate limits of a handler are counted for one request. */
export interface LimitProgress {
  /** Counts the limits that do not depend on the key; set if a guard ran before the key was verified. */
  early?: Promise<void>;
  /** Counts all limits that `early` does not count. */
  rest?: Promise<void>;
  /** How many guards of the handler or its class ran before the key was verified. */
  guardsBefore: number;
}
