import type { ExecutionContext, Type } from '@nestjs/common';
import type { SDKOptions, Unkey } from '@unkey/api';
import type { Dispatcher } from 'undici';
import type { KeyCheck } from '../contracts/key-check.js';
import type { KeySource } from '../contracts/key-source.js';
import type { VerificationStore } from '../contracts/verification-store.js';
import type { VerifiedKey } from '../contracts/verified-key.js';
import type { Verifier } from '../contracts/verifier.js';
import type { PermissionExpression } from '../contracts/verify-options.js';
import type { DenialCode } from '../errors/denial-table.js';

/** HTTP statuses by code, where they differ from the denial table's. */
export type UnkeyStatuses = { [Code in DenialCode]?: number | undefined };

/** Makes the user of a request from its verified key; see {@link UnkeyModuleOptions.userFrom}. */
export type UserFrom = (key: VerifiedKey, context: ExecutionContext) => unknown;

/** Which rate-limit headers an answer carries; see {@link UnkeyModuleOptions.ratelimitHeaders}. */
export type RatelimitHeaders = 'legacy' | 'ietf' | 'both' | false;

/** Further options of the SDK's client; root key and URL come from the module's own. */
export type UnkeyClientOptions = Omit<SDKOptions, 'rootKey' | 'serverURL' | 'serverIdx'>;

/**
 * Options of `UnkeyModule`. Every one may be left out, or be `undefined`, which is the same. An unknown option, or
 * one of a wrong type, fails at boot.
 */
export interface UnkeyModuleOptions {
  /**
   * The root key that verifies. Give it `api.<api id>.verify_key` alone: with `api.*.verify_key` the keys of every
   * API in the workspace pass.
   *
   * @default process.env.UNKEY_ROOT_KEY, read when the app boots; none in either place fails at boot
   */
  rootKey?: string | undefined;

  /**
   * Where Unkey answers, an http(s) URL without credentials in it.
   *
   * @default process.env.UNKEY_BASE_URL ?? 'https://api.unkey.com'
   */
  baseUrl?: string | undefined;

  /**
   * Where a key may stand: one source, or several of which the first that finds a key wins.
   *
   * @default [fromHeader('x-api-key'), fromBearer()]
   */
  keyFrom?: KeySource | readonly KeySource[] | undefined;

  /**
   * Ids of the keyspaces whose keys are accepted, 1 to 5. They are sent with every verification, and a key of another
   * keyspace is refused as `NOT_FOUND`. Needs an Unkey server that knows `keyspaces`; with another one callers get a 500
   * (`UNKEY_MISCONFIGURED`) and the log says why. Not with `verifier: 'sdk'`, since the SDK does not send them.
   *
   * @default none: the keys of every keyspace that the root key may verify
   * @example ['ks_2vF8mJq']
   */
  keyspaces?: readonly string[] | undefined;

  /**
   * A key without one of these prefixes (with its `_`) is refused as `NOT_FOUND` without asking Unkey.
   *
   * @example 'acme_live_'
   */
  keyPrefix?: string | readonly string[] | undefined;

  /** Demanded of every protected handler, in addition to its own. */
  permissions?: PermissionExpression | readonly PermissionExpression[] | undefined;

  /**
   * Whether a refusal for missing permissions says which permissions were demanded: `required` in the body, holding the
   * query, and `scope` in `WWW-Authenticate` if all of several names are demanded. Only for the code
   * `INSUFFICIENT_PERMISSIONS`, and only while its status is 403.
   *
   * @default false
   */
  exposeRequiredPermissions?: boolean | undefined;

  /**
   * Checks of every verified key, before those of `@CheckKey()`: `{ check, code, message, status }`. They run after Unkey
   * said yes, once per request and handler, and never without a key. The first `check` that gives anything but `true`
   * refuses the call; Unkey has taken the credits by then.
   *
   * @default []
   * @example [{ check: (key) => key.identity !== undefined, code: 'IDENTITY_REQUIRED' }]
   */
  checks?: readonly KeyCheck[] | undefined;

  /**
   * Makes the user of a request from its verified key, sync or async: what it returns stands as `request.user`, in place
   * of what an earlier guard put there. Called after the checks, once per request and key, and never without a key.
   * What it throws is passed on as it is.
   *
   * @example (key) => ({ id: key.identity?.externalId, plan: key.meta?.plan })
   */
  userFrom?: UserFrom | undefined;

  /**
   * Tags for Unkey's analytics that are sent with every verification, those of `UnkeyService.verify` included, before the
   * handler's. Unkey takes 20 tags at most, each 1 to 512 characters; what a request adds beyond that is left out.
   *
   * @default []
   * @example ['service=api']
   */
  tags?: readonly string[] | undefined;

  /**
   * Controller classes that are public though they cannot be decorated, such as a health or metrics controller of
   * another package. Fails at boot if a handler of such a class has `@RequirePermissions`, `@Credits` or
   * `@KeyRatelimit` of its own; `@Public(false)` on the handler or its class beats this option.
   *
   * @default []
   */
  public?: readonly Type[] | undefined;

  /**
   * Metadata keys of other decorators that make a handler or class public if their value is `true`. The handler's value
   * wins over the class's. Decorators of this package and the option `public` come first.
   *
   * @default []
   * @example 'isPublic'
   */
  publicMetadata?: string | readonly string[] | undefined;

  /**
   * Route patterns that need no key, global prefix and version included. Compared with the pattern of the matched
   * route, never with the raw URL. `*`, `*name` and `{*name}` as a whole segment cover every route that continues
   * there: `/admin/*` covers `/admin/users/:id`, not `/admin`. An entry that matches no route is warned about.
   *
   * @default []
   */
  exclude?: readonly string[] | undefined;

  /** Lets a request through without a key when it returns (or resolves to) `true`; asked last. */
  skipIf?: ((context: ExecutionContext) => boolean | Promise<boolean>) | undefined;

  /**
   * Types of execution contexts that the guard lets through without looking for a key, such as the `rmq` of
   * `@golevelup/nestjs-rabbitmq`. The guard refuses a type that it does not know unless it is listed here. `'http'` is
   * not allowed.
   *
   * @default []
   * @example ['rmq']
   */
  skipTransports?: readonly string[] | undefined;

  /**
   * What happens at startup if a handler has a problem: no guard reaches it, or what it demands is never checked.
   * `'warn'` logs one line per handler, `'throw'` stops the app with one `UnkeyConfigError` that lists all of them, `'off'`
   * says nothing. `UnkeyService.audit()` answers in every case.
   *
   * @default 'warn'
   */
  audit?: 'warn' | 'throw' | 'off' | undefined;

  /**
   * Says that every `connectMicroservice()` of this app has `{ inheritAppConfig: true }`. The module cannot see it, and
   * without it global guards do not run for messages and events. This changes the audit alone.
   *
   * @default false
   */
  inheritAppConfig?: boolean | undefined;

  /**
   * HTTP statuses by code, 4xx and 5xx only.
   *
   * @example { EXPIRED: 403, USAGE_EXCEEDED: 402 }
   */
  statuses?: UnkeyStatuses | undefined;

  /**
   * Whether refusals are answered as `application/problem+json` (RFC 9457).
   *
   * @default false
   */
  problemDetails?: boolean | undefined;

  /**
   * `'legacy'`: `X-RateLimit-Limit`, `-Remaining` and `-Reset` (Unix s) of the most restrictive limit. `'ietf'`:
   * `RateLimit-Policy` and `RateLimit` of every limit (draft-ietf-httpapi-ratelimit-headers, seconds from now).
   *
   * @default 'legacy'
   */
  ratelimitHeaders?: RatelimitHeaders | undefined;

  /**
   * The realm named in `WWW-Authenticate`; printable ASCII.
   *
   * @default 'api'
   */
  realm?: string | undefined;

  /**
   * Whether Unkey is told the caller's address, for the IP allow lists of its APIs. It is the app's own `req.ip`, so
   * Express's and Fastify's trust-proxy setting decides it, without `::ffff:`. Without this option an allow list
   * is held against the address of this server.
   *
   * @default false
   */
  clientIp?: boolean | undefined;

  /**
   * One deadline over everything that a verification does, in ms. After it the caller gets a 503.
   *
   * @default 2000
   */
  timeout?: number | undefined;

  /**
   * How many verifications may be in flight at once; further requests get a 503 immediately. A verification counts
   * until its caller has an answer, also while it waits for a free connection. A `verifier` of your own that goes on
   * after its signal was aborted is no longer counted.
   *
   * @default 1000
   */
  maxInFlight?: number | undefined;

  /**
   * The circuit breaker: where Unkey keeps failing it is not asked for a while, callers get their 503 (with
   * `Retry-After`) at once. Failures are timeouts, connections that break, 5xx and answers that cannot be read;
   * never a denial and never a 4xx.
   *
   * @default {}, which is on; false: off
   */
  breaker?: UnkeyBreakerOptions | false | undefined;

  /**
   * Remembers a yes for a short time: only where asking again would have changed nothing, so never a key with
   * credits or with a rate limit that counted, and never a call with `@Credits` or `@KeyRatelimit`. `true` takes the defaults. Calls
   * that are answered from it do not reach Unkey's analytics.
   *
   * @default false
   */
  cache?: UnkeyCacheOptions | boolean | undefined;

  /**
   * WebSocket only. `'connection'`: a successful verification serves the client's next messages too, for the same key
   * and the same demands, if repeating it would spend nothing. `'message'`: every message is verified.
   *
   * @default 'connection'
   */
  verifyOn?: 'connection' | 'message' | undefined;

  /**
   * WebSocket only: how long a verification serves the client's next messages, in ms. It also ends when the key
   * expires and when it is invalidated.
   *
   * @default 60_000
   */
  reverifyAfter?: number | undefined;

  /**
   * How keys are verified. `'http'`: over a pool of connections that is kept open; `'sdk'`: through the official
   * SDK (its retries off, since a repeated call spends credits again), at several times the cost; or by a
   * function of your own.
   *
   * @default 'http'; 'sdk' where a `client` is given and no root key
   */
  verifier?: 'http' | 'sdk' | Verifier | undefined;

  /**
   * What `verifier: 'http'` sends through, for a proxy or mutual TLS: a `Dispatcher` of undici 7. It is yours to
   * close. It gets at most `maxInFlight` requests at a time, including requests that were given up while their
   * connection was being made; how many connections it uses is up to you.
   *
   * @default a pool of its own: at most 128 connections, closed with the app
   * @example new ProxyAgent('http://proxy.acme.internal:3128')
   */
  dispatcher?: Dispatcher | undefined;

  /**
   * A ready client of the SDK, or `false`: the SDK is never loaded, `@InjectUnkey()` gives an object that says so
   * when used, and `verifier: 'sdk'` fails at boot.
   *
   * @default a client made from `rootKey`, `baseUrl` and `clientOptions`
   */
  client?: Unkey | false | undefined;

  /**
   * Further options of the client that the module makes; not together with `client`.
   *
   * @default {}
   */
  clientOptions?: UnkeyClientOptions | undefined;
}

/** When Unkey is left alone because it does not answer; see {@link UnkeyModuleOptions.breaker}. */
export interface UnkeyBreakerOptions {
  /**
   * So many failures in a row open it.
   *
   * @default 10
   */
  consecutiveFailures?: number | undefined;

  /**
   * Such a share of failures, from 0 to 1, among at least 20 calls of the last 10 s opens it.
   *
   * @default 0.5
   */
  failureRate?: number | undefined;

  /**
   * How long it stays open before one call may find out whether Unkey answers again, in ms.
   *
   * @default 5000
   */
  openFor?: number | undefined;
}

/** What is remembered, and for how long; see {@link UnkeyModuleOptions.cache}. All times in ms. */
export interface UnkeyCacheOptions {
  /**
   * How long a yes is remembered, though never past the key's own `expires`. So long a key may still pass that was
   * revoked elsewhere.
   *
   * @default 10_000
   */
  ttl?: number | undefined;

  /**
   * How many yeses are remembered at once; the least recently used goes first.
   *
   * @default 10_000
   */
  max?: number | undefined;

  /**
   * How long `NOT_FOUND` is remembered, in a space of its own, so that a flood of bad keys pushes out no good one;
   * 0: not at all.
   *
   * @default 2000
   */
  negativeTtl?: number | undefined;

  /**
   * How long after its `ttl` a yes may stand in while Unkey cannot be asked (`source: 'stale'`), never past the
   * key's own `expires`; 0: not at all.
   *
   * @default 0
   */
  staleIfError?: number | undefined;

  /**
   * Where the instances of an app share cached verifications, such as a Keyv over Redis. It is yours to close.
   * Together with a `verifier` or a `client` of your own it needs {@link scope}. A store is yours to close. A function
   * that makes one, sync or async, is called when the app starts, and the module closes the store with the app
   * (`disconnect()` or `close()`).
   *
   * @default none: each instance has its own cache
   * @example () => new Keyv({ store: new KeyvRedis('redis://127.0.0.1:6379') })
   */
  store?: VerificationStore | (() => VerificationStore | Promise<VerificationStore>) | undefined;

  /**
   * How long one look into `store` may take, never more than half of `timeout`. Later is a miss, and the store is
   * then left alone for a second.
   *
   * @default 50
   */
  storeTimeout?: number | undefined;

  /**
   * Names who verifies, as any text. Required with `store` if a `verifier` or a `client` of your own verifies: the
   * module cannot see which Unkey that asks, and an app must not accept what another Unkey said. Apps with the same
   * `scope`, `rootKey` and `baseUrl` share cached verifications.
   *
   * @default none: `rootKey` and `baseUrl` alone tell apps apart
   * @example 'acme-production'
   */
  scope?: string | undefined;
}

/** What stands beside the options in `forRoot` and `forRootAsync`, since it shapes the module itself. */
export interface UnkeyModuleExtras {
  /**
   * Whether every module may say `@UseGuards(UnkeyGuard)` without importing anything.
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
}

/** For `forRootAsync({ useClass })` and `forRootAsync({ useExisting })`. */
export interface UnkeyOptionsFactory {
  createUnkeyOptions(): UnkeyModuleOptions | Promise<UnkeyModuleOptions>;
}
