import type { ExecutionContext, Type } from '@nestjs/common';
import type { SDKOptions, Unkey } from '@unkey/api';
import type { Dispatcher } from 'undici';
import type { KeyCheck } from '../contracts/key-check.js';
import type { KeySource } from '../contracts/key-source.js';
import type { StandardSchemaV1 } from '../contracts/standard-schema.js';
import type { VerificationStore } from '../contracts/verification-store.js';
import type { VerifiedKey } from '../contracts/verified-key.js';
import type { Verifier } from '../contracts/verifier.js';
import type { PermissionExpression } from '../contracts/verify-options.js';
import type { DenialCode } from '../errors/denial-table.js';

/** HTTP statuses by code, if you want others than the defaults; see {@link UnkeyModuleOptions.statuses}. */
export type UnkeyStatuses = { [Code in DenialCode]?: number | undefined };

/** Creates `request.user` from the verified key; see {@link UnkeyModuleOptions.userFrom}. */
export type UserFrom = (key: VerifiedKey, context: ExecutionContext) => unknown;

/** Which rate-limit headers a response carries; see {@link UnkeyModuleOptions.ratelimitHeaders}. */
export type RatelimitHeaders = 'legacy' | 'ietf' | 'both' | false;

/** Options of the SDK's client, without those that the module sets: the root key and the URL. */
export type UnkeyClientOptions = Omit<SDKOptions, 'rootKey' | 'serverURL' | 'serverIdx'>;

/**
 * Options of `UnkeyModule`. All of them are optional; `undefined` counts as left out. An unknown option, or one of the
 * wrong type, stops the app at startup.
 */
export interface UnkeyModuleOptions {
  /**
   * The root key with which the module verifies keys. Give it only the permission `api.<api id>.verify_key`: with
   * `api.*.verify_key`, your app accepts the keys of every API in the workspace.
   *
   * @default `process.env.UNKEY_ROOT_KEY`; startup fails if neither is set. A named instance does not read the variable
   */
  rootKey?: string | undefined;

  /**
   * The URL of the Unkey API: http or https, without credentials.
   *
   * @default process.env.UNKEY_BASE_URL ?? 'https://api.unkey.com'
   */
  baseUrl?: string | undefined;

  /**
   * Where the guard reads the key: one source, or a list of sources. The first source that finds a key wins.
   *
   * @default [fromHeader('x-api-key'), fromBearer()]
   */
  keyFrom?: KeySource | readonly KeySource[] | undefined;

  /**
   * The ids of the keyspaces whose keys are accepted, 1 to 5. They are sent with every verification. A key of another
   * keyspace is rejected as `NOT_FOUND`. If the Unkey server does not support `keyspaces`, callers get a 500
   * (`UNKEY_MISCONFIGURED`) and the log says why. Cannot be combined with `verifier: 'sdk'`, because the SDK does not
   * send them.
   *
   * @default none: the keys of every keyspace that `rootKey` may verify
   * @example ['ks_2vF8mJq']
   */
  keyspaces?: readonly string[] | undefined;

  /**
   * Prefixes that a key must start with, including the `_`. A key without one of them is rejected as `NOT_FOUND`, and
   * Unkey is not called.
   *
   * @example 'acme_live_'
   */
  keyPrefix?: string | readonly string[] | undefined;

  /** Permissions that every protected handler requires, in addition to its own. */
  permissions?: PermissionExpression | readonly PermissionExpression[] | undefined;

  /**
   * Whether a rejection for missing permissions shows the caller which permissions are required: `required` in the body
   * holds the query, and `scope` in `WWW-Authenticate` holds the names if all of them are required. Applies only to the
   * code `INSUFFICIENT_PERMISSIONS`, and only while its status is 403.
   *
   * @default false
   */
  exposeRequiredPermissions?: boolean | undefined;

  /**
   * Checks of every verified key: `{ check, code, message, status }`. They run after Unkey reported the key as valid
   * and before those of `@CheckKey()`, once per request and handler, and never without a key. The first `check` that
   * returns anything but `true` rejects the call. Unkey has already deducted the credits by then.
   *
   * @default []
   * @example [{ check: (key) => key.identity !== undefined, code: 'IDENTITY_REQUIRED' }]
   */
  checks?: readonly KeyCheck[] | undefined;

  /**
   * Creates `request.user` from the verified key, sync or async. It replaces a user that an earlier guard set. It is
   * called after the checks, once per request and key, and never without a key. An error that it throws is passed on
   * unchanged.
   *
   * @example (key) => ({ id: key.identity?.externalId, plan: key.meta?.plan })
   */
  userFrom?: UserFrom | undefined;

  /**
   * The schema of your keys' `meta`: any Standard Schema, such as one of zod, valibot or arktype, sync or async. It checks
   * every valid key, cached or not, also in `UnkeyService.verify`. Its output is the `meta` that your code gets. A key
   * without meta is checked as `{}`. If the meta does not match, the caller gets a 500 (`UNKEY_MISCONFIGURED`) and the log
   * names the key's id and the path. Unkey has already deducted the credits by then.
   *
   * @example z.object({ plan: z.enum(['free', 'pro']).default('free') })
   */
  metaSchema?: StandardSchemaV1 | undefined;

  /** The schema of your identities' `meta`, like `metaSchema`. Keys without an identity are not checked. */
  identityMetaSchema?: StandardSchemaV1 | undefined;

  /**
   * Accepts the keys that Unkey's gateway in front of your app has verified. It sends each as the header
   * `X-Unkey-Principal`. The module checks the permissions and does not call Unkey. With `otherwise: 'deny'`, the module needs
   * no root key. Handlers with `@Credits()`, `@KeyRatelimit()` or `@KeyFrom()` always verify their key, or stop the app at
   * startup with `'deny'`.
   *
   * @default none: the header is ignored
   * @example { trust: () => process.env.UNKEY_DEPLOYMENT_ID !== undefined, otherwise: 'verify' }
   */
  gateway?: UnkeyGatewayOptions | undefined;

  /**
   * Tags for Unkey's analytics. They are sent with every verification, including `UnkeyService.verify`, before the tags
   * of the handler. Unkey accepts at most 20 tags of 1 to 512 characters; further tags of a request are left out.
   *
   * @default []
   * @example ['service=api']
   */
  tags?: readonly string[] | undefined;

  /**
   * Controller classes that are public although you cannot decorate them, such as a health or metrics controller of
   * another package. `@Public(false)` on the handler or its class overrides this option. Startup fails if a handler of
   * such a class has its own `@RequirePermissions`, `@Credits` or `@KeyRatelimit`.
   *
   * @default []
   */
  public?: readonly Type[] | undefined;

  /**
   * Metadata keys of other decorators that make a handler or class public if their value is `true`. The value on the
   * handler overrides the value on the class. The decorators of this package and the option `public` take precedence.
   *
   * @default []
   * @example 'isPublic'
   */
  publicMetadata?: string | readonly string[] | undefined;

  /**
   * Route patterns that need no key, including the global prefix and the version. An entry is compared with the pattern
   * of the matched route, never with the URL of the request. `*`, `*name` and `{*name}` as a whole segment match every
   * route that continues there: `/admin/*` matches `/admin/users/:id`, but not `/admin`. The log warns about an entry
   * that matches no route.
   *
   * @default []
   */
  exclude?: readonly string[] | undefined;

  /**
   * Lets a request through without a key if it returns (or resolves to) `true`. It is called only if no other rule has
   * decided.
   */
  skipIf?: ((context: ExecutionContext) => boolean | Promise<boolean>) | undefined;

  /**
   * Types of execution contexts that the guard lets through without reading a key, such as `rmq` of
   * `@golevelup/nestjs-rabbitmq`. The guard rejects a context type that it does not know, unless it is listed here.
   * `'http'` is not allowed.
   *
   * @default []
   * @example ['rmq']
   */
  skipTransports?: readonly string[] | undefined;

  /**
   * What happens at startup if a handler has a problem: no guard reaches it, or its requirements are never checked.
   * `'warn'` logs one line per handler, `'throw'` stops the app with one `UnkeyConfigError` that lists all of them, `'off'`
   * says nothing. `UnkeyService.audit()` works in every case.
   *
   * @default 'warn'
   */
  audit?: 'warn' | 'throw' | 'off' | undefined;

  /**
   * Set this to `true` if every `connectMicroservice()` of this app has `{ inheritAppConfig: true }`. The module cannot see
   * that itself, and otherwise reports that global guards do not run for messages and events. Affects only the audit.
   *
   * @default false
   */
  inheritAppConfig?: boolean | undefined;

  /**
   * HTTP statuses by code, from 400 to 599, if you want others than the defaults.
   *
   * @example { EXPIRED: 403, USAGE_EXCEEDED: 402 }
   */
  statuses?: UnkeyStatuses | undefined;

  /**
   * Whether rejections are sent as `application/problem+json` (RFC 9457).
   *
   * @default false
   */
  problemDetails?: boolean | undefined;

  /**
   * Which rate-limit headers a response carries. `'legacy'`: `X-RateLimit-Limit`, `-Remaining` and `-Reset` (Unix s) of
   * the most restrictive limit. `'ietf'`: `RateLimit-Policy` and `RateLimit` of every limit
   * (draft-ietf-httpapi-ratelimit-headers, seconds from now). `'both'`: all of them. `false`: none.
   *
   * @default 'legacy'
   */
  ratelimitHeaders?: RatelimitHeaders | undefined;

  /**
   * The realm in `WWW-Authenticate`: printable ASCII characters.
   *
   * @default 'api'
   */
  realm?: string | undefined;

  /**
   * Whether Unkey gets the address of the caller, for the IP allow lists of its APIs. The address is the `req.ip` of
   * the app without `::ffff:`, so the trust-proxy setting of Express or Fastify applies. Without this option, Unkey
   * checks the address of your server.
   *
   * @default false
   */
  clientIp?: boolean | undefined;

  /**
   * The deadline for a whole verification, in ms. If it passes, the caller gets a 503.
   *
   * @default 2000
   */
  timeout?: number | undefined;

  /**
   * How many verifications may be in flight at once. Further requests get a 503 immediately. A verification counts
   * until its caller gets a response, including the time it waits for a free connection. If your own `verifier`
   * continues after its signal was aborted, it is no longer counted.
   *
   * @default 1000
   */
  maxInFlight?: number | undefined;

  /**
   * The circuit breaker. If Unkey keeps failing, the breaker opens: Unkey is not called for a while and callers get a
   * 503 with `Retry-After` immediately. Timeouts, broken connections, 5xx and unreadable responses are failures. A
   * denial or a 4xx is not.
   *
   * @default `{}` (on); `false` turns it off
   */
  breaker?: UnkeyBreakerOptions | false | undefined;

  /**
   * Caches successful verifications for a short time. A result is cached only if repeating the verification would have
   * had no side effects: the key has no credits, no rate limit was counted, and the call has no `@Credits` or
   * `@KeyRatelimit`. `true` uses the defaults. Cached results do not reach Unkey's analytics.
   *
   * @default false
   */
  cache?: UnkeyCacheOptions | boolean | undefined;

  /**
   * WebSocket only. `'connection'`: a successful verification also applies to the client's next messages, for the same
   * key and the same requirements, if repeating it would spend nothing. `'message'`: every message is verified.
   *
   * @default 'connection'
   */
  verifyOn?: 'connection' | 'message' | undefined;

  /**
   * WebSocket only: how long a verification applies to the client's next messages, in ms. It ends earlier if the key
   * expires or is invalidated.
   *
   * @default 60_000
   */
  reverifyAfter?: number | undefined;

  /**
   * How keys are verified. `'http'`: over a pool of keep-alive connections. `'sdk'`: through the official SDK, at
   * several times the CPU cost; its retries are off, because a repeated call spends credits again. Or your own
   * function.
   *
   * @default `'http'`; `'sdk'` if you pass a `client` and no root key
   */
  verifier?: 'http' | 'sdk' | Verifier | undefined;

  /**
   * The `Dispatcher` of undici 7 through which `verifier: 'http'` sends its requests, for a proxy or mutual TLS. You
   * close it yourself. It gets at most `maxInFlight` requests at a time, including requests that were cancelled while
   * their connection was being opened. How many connections it opens is up to you.
   *
   * @default a `Pool` of undici with at most 128 connections, closed with the app
   * @example new ProxyAgent('http://proxy.acme.internal:3128')
   */
  dispatcher?: Dispatcher | undefined;

  /**
   * Your own client of the SDK. With `false` the SDK is never loaded: using the client that `@InjectUnkey()` injects
   * throws an error that says so, and `verifier: 'sdk'` fails at startup.
   *
   * @default a client that is created from `rootKey`, `baseUrl` and `clientOptions`
   */
  client?: Unkey | false | undefined;

  /**
   * Further SDK options for the client that the module creates. Cannot be combined with `client`.
   *
   * @default {}
   */
  clientOptions?: UnkeyClientOptions | undefined;
}

/** Whether principals of Unkey's gateway are accepted; see {@link UnkeyModuleOptions.gateway}. */
export interface UnkeyGatewayOptions {
  /**
   * Whether a request came through the gateway. Anybody who reaches your app in another way can send the header
   * `X-Unkey-Principal` too. `'always'`: only if your app cannot be reached in another way, as in a deployment on Unkey. A
   * function is called once per request and guard; anything but `true` makes the guard ignore the header. An error that it
   * throws is passed on unchanged.
   *
   * @example () => process.env.UNKEY_DEPLOYMENT_ID !== undefined
   */
  trust: 'always' | ((context: ExecutionContext) => boolean | Promise<boolean>);

  /**
   * What happens to requests without a principal, or without trust. `'deny'`: they are rejected as `MISSING_KEY`. `'verify'`:
   * their key is verified as without a gateway.
   *
   * @default 'deny'
   */
  otherwise?: 'deny' | 'verify' | undefined;
}

/** When the circuit breaker opens, and for how long; see {@link UnkeyModuleOptions.breaker}. */
export interface UnkeyBreakerOptions {
  /**
   * How many consecutive failures open the breaker.
   *
   * @default 10
   */
  consecutiveFailures?: number | undefined;

  /**
   * The share of failed calls, from 0 to 1, that opens the breaker. Calculated over the last 10 s, and only if there
   * were at least 20 calls.
   *
   * @default 0.5
   */
  failureRate?: number | undefined;

  /**
   * How long the breaker stays open before one call tests whether Unkey responds again, in ms.
   *
   * @default 5000
   */
  openFor?: number | undefined;
}

/** What is cached, and for how long; see {@link UnkeyModuleOptions.cache}. All times in ms. */
export interface UnkeyCacheOptions {
  /**
   * How long a successful verification is cached, in ms, but never past the key's own `expires`. A key that is revoked
   * elsewhere can still pass for this long.
   *
   * @default 10_000
   */
  ttl?: number | undefined;

  /**
   * How many successful verifications are cached at most. The least recently used one is evicted first.
   *
   * @default 10_000
   */
  max?: number | undefined;

  /**
   * How long `NOT_FOUND` is cached, in ms; 0 turns it off. These results are stored separately, so that a flood of
   * unknown keys does not evict valid ones.
   *
   * @default 2000
   */
  negativeTtl?: number | undefined;

  /**
   * How long after its `ttl` a cached result may still be used while Unkey is unavailable, in ms (`source: 'stale'`).
   * Never past the key's own `expires`. 0 turns it off.
   *
   * @default 0
   */
  staleIfError?: number | undefined;

  /**
   * A store in which the instances of your app share cached verifications, such as a Keyv over Redis. If you pass a
   * store, you close it yourself. If you pass a function that returns a store, sync or async, it is called when the app
   * starts, and the module closes the store with the app (`disconnect()` or `close()`). If your own `verifier` or
   * `client` verifies keys, {@link scope} is required too.
   *
   * @default none: each instance caches up to `max` results in memory
   * @example () => new Keyv({ store: new KeyvRedis('redis://127.0.0.1:6379') })
   */
  store?: VerificationStore | (() => VerificationStore | Promise<VerificationStore>) | undefined;

  /**
   * How long one access to `store` may take, in ms, and never more than half of `timeout`. A slower access counts as a
   * miss, and the store is not used for the next second.
   *
   * @default 50
   */
  storeTimeout?: number | undefined;

  /**
   * A name for the Unkey API that verifies your keys, any string. Required with `store` if your own `verifier` or
   * `client` verifies keys, because the module cannot see which Unkey API they call, and an app must not accept the
   * results of another one. Apps with the same `scope`, `rootKey` and `baseUrl` share cached verifications.
   *
   * @default none: apps with the same `rootKey` and `baseUrl` share cached verifications
   * @example 'acme-production'
   */
  scope?: string | undefined;
}

/** Options that are set next to the others in `forRoot`, and next to the factory in `forRootAsync`. */
export interface UnkeyModuleExtras {
  /**
   * Whether every module can use `@UseGuards(UnkeyGuard)` without importing `UnkeyModule`. For a named instance, whether
   * every module can inject its client and its service.
   *
   * @default true
   */
  isGlobal?: boolean | undefined;

  /**
   * Whether the guard protects every handler of the app, as its `APP_GUARD`.
   *
   * @default false
   */
  globalGuard?: boolean | undefined;

  /**
   * Registers a named instance beside the one without a name, with its own options, client, cache and circuit breaker. It
   * verifies the keys of handlers with `@UseUnkey(name)`. A named instance needs its own `rootKey`: it does not read
   * `UNKEY_ROOT_KEY`. It cannot have `globalGuard`, because the global guard of the instance without a name serves all.
   *
   * @default none
   * @example 'partners'
   */
  name?: string | undefined;
}

/** What the class of `forRootAsync({ useClass })` or `forRootAsync({ useExisting })` implements. */
export interface UnkeyOptionsFactory {
  /** Returns the options of `UnkeyModule`. */
  createUnkeyOptions(): UnkeyModuleOptions | Promise<UnkeyModuleOptions>;
}
