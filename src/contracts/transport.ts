import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import type { Awaitable } from './awaitable.js';
import type { KeyPlaces } from './key-places.js';
import type { Reverification } from './reverification.js';
import type { RequestState } from './request-state.js';
import type { Verification } from './verification.js';
import type { VerifiedKey } from './verified-key.js';
import type { VerifyOptions } from './verify-options.js';

/** Where the user of a key stands. */
export interface UserHolder {
  user?: unknown;
}

/**
 * How one kind of request is read and answered. The guard, the decorators and the key sources have no other way to a
 * request.
 *
 * @typeParam Options the options of the app
 * @typeParam Denial what a guard refuses with
 */
export interface Transport<Options, Denial> {
  /** What the guards of this request share that verify by the same `scope`; made for the first guard that asks. */
  state(context: ExecutionContext, scope: string): RequestState;
  /**
   * What the app itself did wrong so that this request cannot be told from another one; `undefined` if all is well.
   * The guard then refuses the request as `UNKEY_MISCONFIGURED`, without looking for a key.
   */
  setupFault?(context: ExecutionContext): string | undefined;
  /** Where the key sources look. */
  places(context: ExecutionContext): KeyPlaces;
  /** The key that a guard attached, or that a test's own guard put where handlers look for it. */
  key(host: ArgumentsHost): VerifiedKey | undefined;
  /** Whether a guard decided about this request: if so, no key means that it was let through without one. */
  isDecided(host: ArgumentsHost): boolean;
  /** Attaches the key to the state of this `scope`, and wherever else handlers of this transport look for it. */
  attach(context: ExecutionContext, scope: string, key: VerifiedKey): void;
  /**
   * The object whose `user` handlers of this transport look at, for the option `userFrom`; `undefined` if there is none
   * for this key.
   */
  userHolder?(context: ExecutionContext, key: string): UserHolder | undefined;
  /** The pattern of the matched route, global prefix and version included; absent where there are no routes. */
  routePattern?(context: ExecutionContext): string | undefined;
  /** The caller's address as the app sees it; `undefined` where it is not known. */
  clientIp?(context: ExecutionContext): string | undefined;
  /** What a guard waits for before it decides: another verification of the same client that is under way. */
  ready?(context: ExecutionContext): Promise<unknown> | undefined;
  /** A verification that an earlier message of the same client had, where it still serves; else what `verify` gives. */
  verification?(
    context: ExecutionContext,
    question: { readonly key: string; readonly scope: string; readonly demands: VerifyOptions },
    rules: Reverification,
    verify: () => Awaitable<Verification>,
  ): Awaitable<Verification>;
  /** Tells the caller what is left of its limits; absent where an answer has no room for it. */
  tellLimits?(context: ExecutionContext, verification: Verification, options: Options): void;
  /**
   * Runs a guard, where the transport must do something before or after it; absent where nothing needs to be done.
   *
   * @param guard resolves to whether the handler may run, or rejects
   */
  runGuard?(context: ExecutionContext, guard: () => Promise<boolean>): Promise<boolean>;
  /** Refuses in this transport's way: throws, or never settles. */
  refuse(context: ExecutionContext, denial: Denial, options: Options): never | Promise<never>;
}
