import type { ExecutionContext, Type } from '@nestjs/common';
import type { Unkey } from '@unkey/api';
import type { Dispatcher } from 'undici';
import type { Awaitable } from '../contracts/awaitable.js';
import type { ResolvedKeyCheck } from '../contracts/key-check.js';
import type { KeySource } from '../contracts/key-source.js';
import type { StandardSchemaV1 } from '../contracts/standard-schema.js';
import type { VerificationStore } from '../contracts/verification-store.js';
import type { Verifier } from '../contracts/verifier.js';
import type { PermissionExpression } from '../contracts/verify-options.js';
import type { RootKey } from './root-key.js';
import type {
  RatelimitHeaders,
  UnkeyClientOptions,
  UnkeyGatewayOptions,
  UnkeyStatuses,
  UserFrom,
} from './unkey-options.js';

/** The options with defaults filled in, checked and frozen. */
export interface ResolvedUnkeyOptions {
  /** The name of the instance; `undefined` for the one without a name. */
  readonly name: string | undefined;
  /** Absent only if nothing uses it, such as with your own `verifier`. */
  readonly rootKey: RootKey | undefined;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** Identifies the Unkey API that verifies keys; see {@link verificationScope}. */
  readonly scope: string;
  readonly keyFrom: readonly KeySource[];
  /** The scheme in `WWW-Authenticate`. */
  readonly scheme: string;
  readonly realm: string;
  /** Ids of the keyspaces whose keys are accepted; empty: every keyspace that the root key may verify. */
  readonly keyspaces: readonly string[];
  readonly keyPrefix: readonly string[];
  readonly permissions: readonly PermissionExpression[];
  readonly exposeRequiredPermissions: boolean;
  readonly checks: readonly ResolvedKeyCheck[];
  readonly userFrom: UserFrom | undefined;
  readonly metaSchema: StandardSchemaV1 | undefined;
  readonly identityMetaSchema: StandardSchemaV1 | undefined;
  readonly gateway: ResolvedGatewayOptions | undefined;
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
  /** The user's own dispatcher; `undefined`: the module creates a pool. */
  readonly dispatcher: (() => Dispatcher) | undefined;
  /** The user's own client; `false`: no client; `undefined`: the module creates one. */
  readonly client: (() => Unkey) | false | undefined;
  readonly clientOptions: UnkeyClientOptions;
  /** The clock, in Unix ms. */
  readonly now: () => number;
  /** Registers a listener that clears all caches; absent outside tests. */
  readonly onReset: ResetSource | undefined;
}

/** Registers a listener that is called at every reset, until `off()` is called. */
export type ResetSource = (listener: () => void) => { off(): void };

/** The option `gateway` with its defaults filled in. */
export interface ResolvedGatewayOptions {
  readonly trust: UnkeyGatewayOptions['trust'];
  readonly otherwise: 'deny' | 'verify';
}

/** The option `breaker` with its defaults filled in. */
export interface ResolvedBreakerOptions {
  readonly consecutiveFailures: number;
  readonly failureRate: number;
  /** ms */
  readonly openFor: number;
}

/** The option `cache` with its defaults filled in; times in ms. */
export interface ResolvedCacheOptions {
  readonly ttl: number;
  readonly max: number;
  readonly negativeTtl: number;
  readonly staleIfError: number;
  /** A store, or a function that returns one. The module closes only a store from a function. */
  readonly store: VerificationStore | (() => Awaitable<VerificationStore>) | undefined;
  readonly storeTimeout: number;
}

/** An entry of `exclude`, with a function that checks whether it matches a route pattern. */
export interface ExcludedRoute {
  readonly entry: string;
  readonly matches: (pattern: string) => boolean;
}
