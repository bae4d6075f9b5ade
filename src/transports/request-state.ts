import type { Awaitable } from '../contracts/awaitable.js';
import type { PolicyAnswers } from '../contracts/handler-policy.js';
import type { CountedLimits, LimitDemand } from '../contracts/limit.js';
import type { LimitProgress, RequestState } from '../contracts/request-state.js';
import type { RatelimitState, Verification } from '../contracts/verification.js';
import type { VerifiedKey } from '../contracts/verified-key.js';
import type { VerifyOptions } from '../contracts/verify-options.js';
import { LimitMemo } from './limit-memo.js';

const STATE = Symbol.for('nestjs-unkey:request');

/** An object that can hold a state. */
export interface StateCarrier {
  [STATE]?: SharedState;
  unkey?: VerifiedKey;
}

interface Answered {
  readonly handler: object;
  readonly answers: Promise<PolicyAnswers>;
  readonly next: Answered | undefined;
}

interface Checked {
  readonly handler: object;
  readonly key: string;
  readonly result: Promise<void>;
  readonly next: Checked | undefined;
}

interface UserOf {
  readonly userFrom: object;
  readonly key: string;
  readonly user: Promise<unknown>;
  readonly next: UserOf | undefined;
}

interface Verified {
  readonly key: string;
  readonly demands: VerifyOptions;
  readonly verification: Awaitable<Verification>;
  readonly next: Verified | undefined;
}

/**
 * The state that guards of one request with the same scope share. Its fields are private, so that printing a request
 * does not show them. There is nearly always one entry of each kind, so entries form linked lists, and requirements are
 * compared as JSON only if they are different objects.
 */
class SharedState implements RequestState {
  #decided = false;
  #key: VerifiedKey | undefined;
  #passedBySubclass: object | undefined;
  #answered: Answered | undefined;
  #verified: Verified | undefined;
  #checked: Checked | undefined;
  #users: UserOf | undefined;
  /** Made when needed: most requests count against no rate limit. */
  #limits: LimitMemo | undefined;

  #siblings: SharedState[] | undefined;
  readonly #scope: string;
  readonly #carrier: StateCarrier;

  constructor(scope: string, carrier: StateCarrier) {
    this.#scope = scope;
    this.#carrier = carrier;
  }

  get scope(): string {
    return this.#scope;
  }

  /** The states of all scopes on this request, if there are several. */
  get siblings(): SharedState[] | undefined {
    return this.#siblings;
  }
  set siblings(siblings: SharedState[] | undefined) {
    this.#siblings = siblings;
  }

  /** Whether this is the state of that object. Copies of a request may have the state of the original. */
  belongsTo(carrier: StateCarrier): boolean {
    return #carrier in this && this.#carrier === carrier;
  }

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

  get passedBySubclass(): object | undefined {
    return this.#passedBySubclass;
  }
  set passedBySubclass(handler: object | undefined) {
    this.#passedBySubclass = handler;
  }

  answers(handler: object, ask: () => Promise<PolicyAnswers>): Promise<PolicyAnswers> {
    for (let entry = this.#answered; entry !== undefined; entry = entry.next) {
      if (entry.handler === handler) return entry.answers;
    }
    const answers = ask();
    this.#answered = { handler, answers, next: this.#answered };
    return answers;
  }

  checks(handler: object, key: string, ask: () => Promise<void>): Promise<void> {
    for (let entry = this.#checked; entry !== undefined; entry = entry.next) {
      if (entry.handler === handler && entry.key === key) return entry.result;
    }
    const result = ask();
    this.#checked = { handler, key, result, next: this.#checked };
    return result;
  }

  user(userFrom: object, key: string, make: () => Promise<unknown>): Promise<unknown> {
    for (let entry = this.#users; entry !== undefined; entry = entry.next) {
      if (entry.userFrom === userFrom && entry.key === key) return entry.user;
    }
    const user = make();
    this.#users = { userFrom, key, user, next: this.#users };
    return user;
  }

  verification(
    key: string,
    demands: VerifyOptions,
    verify: () => Awaitable<Verification>,
  ): Awaitable<Verification> {
    for (let entry = this.#verified; entry !== undefined; entry = entry.next) {
      if (entry.key === key && isSame(entry.demands, demands)) return entry.verification;
    }
    const verification = verify();
    this.#verified = { key, demands, verification, next: this.#verified };
    return verification;
  }

  limiting(handler: object): LimitProgress {
    return (this.#limits ??= new LimitMemo()).progress(handler);
  }

  limited(
    handler: object,
    demands: readonly LimitDemand[],
    count: () => Promise<CountedLimits | undefined>,
  ): Promise<CountedLimits | undefined> {
    return (this.#limits ??= new LimitMemo()).limited(handler, demands, count);
  }

  counted(ratelimits: readonly RatelimitState[]): readonly RatelimitState[] {
    return (this.#limits ??= new LimitMemo()).counted(ratelimits);
  }
}

/** Returns the state of this scope, and creates it if needed. {@link readState} returns it from then on. */
export function stateOn(carrier: StateCarrier, scope: string): RequestState {
  const known = stateOf(carrier);
  if (known?.scope === scope) return known;
  const state = known === undefined ? new SharedState(scope, carrier) : siblingOf(known, scope, carrier);
  // Another app handles the request from here on. Its handlers must not see a key that it did not verify.
  if (known?.key !== undefined && carrier.unkey === known.key) delete carrier.unkey;
  // An assignment, because `Object.defineProperty` takes longer than the rest of this function.
  carrier[STATE] = state;
  return state;
}

function siblingOf(known: SharedState, scope: string, carrier: StateCarrier): SharedState {
  known.siblings ??= [known];
  const sibling = known.siblings.find((state) => state.scope === scope);
  if (sibling !== undefined) return sibling;
  const state = new SharedState(scope, carrier);
  state.siblings = known.siblings;
  known.siblings.push(state);
  return state;
}

/** Returns the state that the last guard used, or `undefined` if there was no guard. */
export function readState(carrier: StateCarrier): RequestState | undefined {
  return stateOf(carrier);
}

function stateOf(carrier: StateCarrier): SharedState | undefined {
  const state = carrier[STATE];
  return state?.belongsTo(carrier) === true ? state : undefined;
}

function isSame(a: VerifyOptions, b: VerifyOptions): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
