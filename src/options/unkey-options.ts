import type { ExecutionContext, Type } from '@nestjs/common';
import type { SDKOptions, Unkey } from '@unkey/api';
import type { KeySource } from '../contracts/key-source.js';
import type { Verifier } from '../contracts/verifier.js';
import type { PermissionExpression } from '../contracts/verify-options.js';
import type { DenialCode } from '../errors/denial-table.js';

/** HTTP statuses by code, where they differ from the denial table's. */
export type UnkeyStatuses = { [Code in DenialCode]?: number | undefined };

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
   * A key without one of these prefixes (with its `_`) is refused as `NOT_FOUND` without asking Unkey.
   *
   * @example 'acme_live_'
   */
  keyPrefix?: string | readonly string[] | undefined;

  /** Demanded of every protected handler, in addition to its own. */
  permissions?: PermissionExpression | readonly PermissionExpression[] | undefined;

  /**
   * Controller classes that are public though they cannot be decorated, such as a health or metrics controller of
   * another package.
   *
   * @default []
   */
  public?: readonly Type[] | undefined;

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
   * One deadline over everything that a verification does, in ms. After it the caller gets a 503.
   *
   * @default 2000
   */
  timeout?: number | undefined;

  /**
   * How keys are verified: through the SDK (its retries off, since a repeated call spends credits again), or by a
   * function of your own.
   *
   * @default 'sdk'
   */
  verifier?: 'sdk' | Verifier | undefined;

  /**
   * A ready client of the SDK, or `false`: the SDK is never loaded, `@InjectUnkey()` gives an object that says so
   * when used, and a `verifier` of your own is needed.
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
