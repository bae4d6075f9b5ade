import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import type { Awaitable } from './awaitable.js';
import type { KeyPlaces } from './key-places.js';
import type { Reverification } from './reverification.js';
import type { RequestState } from './request-state.js';
import type { RatelimitState, Verification } from './verification.js';
import type { VerifiedKey } from './verified-key.js';
import type { VerifyOptions } from './verify-options.js';

/** An object that holds the user of a key. */
export interface UserHolder {
  user?: unknown;
}

/**
 * Reads requests of one type and responds to them. The guard, the decorators and the key sources access requests only
 * through it.
 *
 * @typeParam Options the options of the app
 * @typeParam Denial the exception that a guard denies a request with
 */
export interface Transport<Options, Denial> {
  /** Returns the state that the guards of this request with the same `scope` share, and creates it if needed. */
  state(context: ExecutionContext, scope: string): RequestState;
  /**
   * Returns an error in the app's setup that makes requests indistinguishable; `undefined` if there is none. The guard
   * then denies the request as `UNKEY_MISCONFIGURED`, without looking for a key.
   */
  setupFault?(context: ExecutionContext): string | undefined;
  /** Returns the places that the key sources read. */
  places(context: ExecutionContext): KeyPlaces;
  /**
   * Returns every value of a header of the HTTP request, or of the HTTP request that opened the connection. Unlike
   * {@link places}, never what a client sent in another place under the same name. Absent if there is no HTTP request.
   */
  httpHeader?(context: ExecutionContext, name: string): readonly string[];
  /** Returns the key that a guard attached, or that a stub guard in a test put in the same place. */
  key(host: ArgumentsHost): VerifiedKey | undefined;
  /** Whether a guard decided about this request. If so and there is no key, it was let through without one. */
  isDecided(host: ArgumentsHost): boolean;
  /** Attaches the key to the state of this `scope`, and to the place where handlers of this transport expect it. */
  attach(context: ExecutionContext, scope: string, key: VerifiedKey): void;
  /**
   * Returns the object on which handlers of this transport expect `user`, for the option `userFrom`; `undefined` if
   * there is none for this key.
   */
  userHolder?(context: ExecutionContext, key: string): UserHolder | undefined;
  /** Returns the pattern of the matched route, with global prefix and version; absent if there are no routes. */
  routePattern?(context: ExecutionContext): string | undefined;
  /** Returns the caller's address as the app sees it; `undefined` if it is not known. */
  clientIp?(context: ExecutionContext): string | undefined;
  /** Returns a promise that a guard awaits before it decides: a verification of the same client in flight. */
  ready?(context: ExecutionContext): Promise<unknown> | undefined;
  /** Returns the verification of an earlier message of the same client if it can be reused, or else calls `verify`. */
  verification?(
    context: ExecutionContext,
    question: { readonly key: string; readonly scope: string; readonly demands: VerifyOptions },
    rules: Reverification,
    verify: () => Awaitable<Verification>,
  ): Awaitable<Verification>;
  /** Records which key a request has, if that was not done by {@link verification}. */
  identify?(context: ExecutionContext, asked: { readonly key: string; readonly scope: string }): void;
  /** Sends the caller what is left of its rate limits; absent if responses have no place for it. */
  tellLimits?(context: ExecutionContext, ratelimits: readonly RatelimitState[], options: Options): void;
  /**
   * Runs a guard, if the transport must do something before or after it; absent if there is nothing to do.
   *
   * @param guard resolves to whether the handler may run, or rejects
   */
  runGuard?(context: ExecutionContext, guard: () => Promise<boolean>): Promise<boolean>;
  /** Denies the request in the way of this transport: throws, or never settles. */
  refuse(context: ExecutionContext, denial: Denial, options: Options): never | Promise<never>;
}
