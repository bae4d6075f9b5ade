import type { ExecutionContext } from '@nestjs/common';
import type { PerRequest } from './handler-policy.js';
import type { OnUnavailable } from './limit.js';

/** Who is limited: see {@link RatelimitOptions.by}. */
export type RatelimitBy =
  | 'key'
  | 'identity'
  | 'ip'
  | ((context: ExecutionContext) => string | undefined | Promise<string | undefined>);

/** The arguments of `@Ratelimit()`. A number can be a function of the request, for limits that depend on the plan. */
export interface RatelimitOptions {
  /**
   * The namespace in which the limit counts: 1 to 512 characters. Handlers with the same namespace share their counts.
   */
  namespace: string;
  /** How many units can be used per `duration`: a whole number of at least 1. */
  limit: PerRequest<number>;
  /** The length of the window in ms: a whole number from 1000 to 2,592,000,000 (30 days). */
  duration: PerRequest<number>;
  /**
   * How many units a call uses: a whole number of at least 0.
   *
   * @default 1
   */
  cost?: PerRequest<number> | undefined;
  /**
   * Who is limited. `'key'`: the verified key. `'identity'`: the key's identity, or else the key. `'ip'`: the caller's
   * address; IPv6 addresses count by their /64 network. A function returns an identifier of your own. Without a key, or
   * if the function returns `undefined`, the caller's address counts.
   *
   * @default 'key'
   */
  by?: RatelimitBy | undefined;
  /**
   * What happens if Unkey is unavailable: `'deny'` is a 503, `'allow'` lets the call through uncounted. If several
   * limits are counted in one call, all of them must say `'allow'`.
   *
   * @default 'deny'
   */
  onUnavailable?: OnUnavailable | undefined;
}

/** One `@Ratelimit()` with its defaults filled in. */
export interface HandlerLimit {
  readonly namespace: string;
  readonly limit: PerRequest<number>;
  readonly duration: PerRequest<number>;
  readonly cost: PerRequest<number>;
  readonly by: RatelimitBy;
  readonly onUnavailable: OnUnavailable;
  /** Whether it can depend on the key of the request, so that it must be counted after the key was verified. */
  readonly needsDecision: boolean;
}

/** The rate limits of a handler and of its class, combined. The same frozen object for every request. */
export interface HandlerLimits {
  /** The named instance that counts, because it verifies the key; `undefined`: the unnamed one. */
  readonly instance: string | undefined;
  readonly limits: readonly HandlerLimit[];
  /** How many `UnkeyRatelimitGuard`s `@UseGuards()` and `@Ratelimit()` put on the handler and its class. */
  readonly limiterGuards: number;
  /** Whether the handler or its class has an `UnkeyGuard` or a subclass. */
  readonly hasUnkeyGuard: boolean;
  /** Whether the handler needs no key, so that no decision about one is awaited. */
  readonly isPublic: boolean;
}
