import type { ExecutionContext, Type } from '@nestjs/common';
import type { Unkey } from '@unkey/api';
import type { Dispatcher } from 'undici';
import type { Awaitable } from '../contracts/awaitable.js';
import type { ResolvedKeyCheck } from '../contracts/key-check.js';
import type { KeySource } from '../contracts/key-source.js';
import type { VerificationStore } from '../contracts/verification-store.js';
import type { Verifier } from '../contracts/verifier.js';
import type { PermissionExpression } from '../contracts/verify-options.js';
import type { RootKey } from './root-key.js';
import type { RatelimitHeaders, UnkeyClientOptions, UnkeyStatuses, UserFrom } from './unkey-options.js';

/** The options as the rest of the module sees them: complete, checked, frozen. */
export interface ResolvedUnkeyOptions {
  /** Absent only where nothing would use it. */
  readonly rootKey: RootKey | undefined;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** Names who verifies; see {@link verificationScope}. */
  readonly scope: string;
  readonly keyFrom: readonly KeySource[];
  /** The scheme that a challenge names. */
  readonly scheme: string;
  readonly realm: string;
  /** Ids of the keyspaces whose keys are accepted; empty: those of all that the root key may verify. */
  readonly keyspaces: readonly string[];
  readonly keyPrefix: readonly string[];
  readonly permissions: readonly PermissionExpression[];
  readonly exposeRequiredPermissions: boolean;
  readonly checks: readonly ResolvedKeyCheck[];
  readonly userFrom: UserFrom | undefined;
  readonly tags: readonly string[];
  readonly public: readonly Type[];
  readonly publicMetadata: readonly string[];
  readonly exclude: readonly ExcludedRoute[];
  readonly skipIf: ((context: ExecutionContext) => boolean | Promise<boolean>) | undefined;
  readonly skipTransports: readonly string[];
  readonly audit: 'warn' | 'throw' | 'off';
  readonly inheritAppConfig: boolean;
  readonly statuses: Readonly<UnkeyStatuses>;
  readonly problemDetails: boolean;
  readonly ratelimitHeaders: RatelimitHeaders;
  /** ms */
  readonly timeout: number;
  readonly clientIp: boolean;
  readonly maxInFlight: number;
  readonly breaker: ResolvedBreakerOptions | false;
  readonly cache: ResolvedCacheOptions | false;
  readonly verifyOn: 'connection' | 'message';
  /** ms */
  readonly reverifyAfter: number;
  readonly verifier: 'http' | 'sdk' | Verifier;
  /** The user's own; `undefined`: a pool is to be made. */
  readonly dispatcher: (() => Dispatcher) | undefined;
  /** The user's own client; `false`: none at all; `undefined`: to be made. */
  readonly client: (() => Unkey) | false | undefined;
  readonly clientOptions: UnkeyClientOptions;
  /** The clock, in Unix ms. */
  readonly now: () => number;
  /** Calls a function whenever everything cached is to be forgotten; absent outside tests. */
  readonly onReset: ResetSource | undefined;
}

/** Calls a listener at every reset, until `off()` is called. */
export type ResetSource = (listener: () => void) => { off(): void };

/** The option `breaker`, complete. */
export interface ResolvedBreakerOptions {
  readonly consecutiveFailures: number;
  readonly failureRate: number;
  /** ms */
  readonly openFor: number;
}

/** The option `cache`, complete; times in ms. */
export interface ResolvedCacheOptions {
  readonly ttl: number;
  readonly max: number;
  readonly negativeTtl: number;
  readonly staleIfError: number;
  /** A store, or a function that makes one, which the module then closes. */
  readonly store: VerificationStore | (() => Awaitable<VerificationStore>) | undefined;
  readonly storeTimeout: number;
}

/** One entry of `exclude` as written, with its test of route patterns. */
export interface ExcludedRoute {
  readonly entry: string;
  readonly matches: (pattern: string) => boolean;
}
