import type { ExecutionContext, Type } from '@nestjs/common';
import type { Unkey } from '@unkey/api';
import type { Dispatcher } from 'undici';
import * as v from 'valibot';
import type { KeyCheck } from '../contracts/key-check.js';
import type { KeySource } from '../contracts/key-source.js';
import type { StandardSchemaV1 } from '../contracts/standard-schema.js';
import type { Verifier } from '../contracts/verifier.js';
import type { PermissionExpression } from '../contracts/verify-options.js';
import { DENIALS, isDenialCode } from '../errors/denial-table.js';
import { isStandardSchema } from './is-standard-schema.js';
import { NESTED_OPTIONS } from './nested-options-schema.js';
import { routePatternFault } from './route-pattern.js';
import type { RatelimitHeaders, UnkeyClientOptions, UnkeyModuleOptions, UserFrom } from './unkey-options.js';
import { wholeNumber } from './whole-number.js';

// Each message says what the option takes. `resolveOptions` adds the name of the option and the value that it got.
const is =
  <T>(test: (value: unknown) => boolean) =>
  (expected: string) =>
    v.custom<T>(test, expected);

const isFunction = (value: unknown) => typeof value === 'function';
const isNonEmptyString = (value: unknown) => typeof value === 'string' && value !== '';
const isId = (value: unknown) => isNonEmptyString(value) && !/\s/.test(String(value));
const oneOrMore = <T>(item: (value: unknown) => boolean, expected: string) =>
  is<T | readonly T[]>((value) =>
    Array.isArray(value) ? value.length > 0 && value.every(item) : item(value),
  )(expected);

const ROOT_KEY = 'must be a root key without whitespace';
const STATUS = 'must be an HTTP status from 400 to 599';
const TIMEOUT = 'must be a whole number of milliseconds from 1 to 2147483647';
const MAX_IN_FLIGHT = 'must be a whole number of at least 1';
const STANDARD_SCHEMA = 'must be a Standard Schema (version 1), such as z.object({ … }) of zod';
const SKIP_TRANSPORTS = "must be a list of context types, such as ['rmq']";
const RATELIMIT_HEADERS = new Set<unknown>(['legacy', 'ietf', 'both', false]);
/** Options of the SDK's client that the module sets, each with the module option to use instead. */
const MODULE_OPTION = { rootKey: 'rootKey', serverURL: 'baseUrl', serverIdx: 'baseUrl' } as const;

const clientOptions = v.pipe(
  is<UnkeyClientOptions>((value) => typeof value === 'object' && value !== null && !Array.isArray(value))(
    'must be an object with SDK options',
  ),
  ...(['rootKey', 'serverURL', 'serverIdx'] as const).map((name) =>
    v.check<UnkeyClientOptions, string>(
      (options) => !(name in options),
      `must not contain "${name}"; use the module option "${MODULE_OPTION[name]}"`,
    ),
  ),
);

const exclude = v.array(
  v.pipe(
    v.string('must be a list of route patterns such as "/admin/*"'),
    v.check(
      (entry) => routePatternFault(entry) === undefined,
      ({ input }) => routePatternFault(input) ?? '',
    ),
  ),
  'must be a list of route patterns such as "/admin/*"',
);

/** The schema of every option. An option that is not listed here is rejected as unknown. */
export const OPTIONS = {
  rootKey: is<string>((value) => isNonEmptyString(value) && !/\s/.test(String(value)))(ROOT_KEY),
  baseUrl: is<string>(isHttpUrl)('must be an http or https URL without credentials in it'),
  keyFrom: oneOrMore<KeySource>(
    isFunction,
    'must be a key source such as fromHeader("x-api-key"), or a list of them',
  ),
  keyspaces: is<readonly string[]>(
    (value) => Array.isArray(value) && value.length >= 1 && value.length <= 5 && value.every(isId),
  )('must be a list of 1 to 5 keyspace ids, such as ["ks_1234"]'),
  keyPrefix: oneOrMore<string>(isNonEmptyString, 'must be a prefix such as "acme_live_", or a list of them'),
  permissions: oneOrMore<PermissionExpression>(
    (value) => isNonEmptyString(value) || (typeof value === 'object' && value !== null),
    'must be a permission, anyOf(…), allOf(…), or a list of them',
  ),
  exposeRequiredPermissions: v.boolean('must be true or false'),
  checks: is<readonly KeyCheck[]>((value) => Array.isArray(value))(
    'must be a list of checks { check, code, message, status }',
  ),
  userFrom: is<UserFrom>(isFunction)('must be a function (key, context) => user'),
  metaSchema: is<StandardSchemaV1>(isStandardSchema)(STANDARD_SCHEMA),
  identityMetaSchema: is<StandardSchemaV1>(isStandardSchema)(STANDARD_SCHEMA),
  tags: is<readonly string[]>((value) => Array.isArray(value))('must be a list of strings'),
  public: is<readonly Type[]>((value) => Array.isArray(value) && value.every(isFunction))(
    'must be a list of controller classes',
  ),
  publicMetadata: is<string | readonly string[]>(
    (value) => isNonEmptyString(value) || (Array.isArray(value) && value.every(isNonEmptyString)),
  )('must be a metadata key such as "isPublic", or a list of them'),
  exclude,
  skipIf: is<(context: ExecutionContext) => boolean | Promise<boolean>>(isFunction)(
    'must be a function (context) => boolean',
  ),
  skipTransports: v.pipe(
    is<readonly string[]>((value) => Array.isArray(value) && value.every(isNonEmptyString))(SKIP_TRANSPORTS),
    v.check(
      (types) => !types.includes('http'),
      'must not contain \'http\'; use @Public(), "public" or "exclude" for routes that need no key',
    ),
  ),
  audit: is<'warn' | 'throw' | 'off'>((value) => value === 'warn' || value === 'throw' || value === 'off')(
    "must be 'warn', 'throw' or 'off'",
  ),
  inheritAppConfig: v.boolean('must be true or false'),
  statuses: v.record(
    v.pipe(
      v.string(),
      v.check(isDenialCode, `is not a code; the codes are ${Object.keys(DENIALS).join(', ')}`),
    ),
    v.optional(v.pipe(v.number(STATUS), v.integer(STATUS), v.minValue(400, STATUS), v.maxValue(599, STATUS))),
    'must be an object with HTTP statuses by code',
  ),
  problemDetails: v.boolean('must be true or false'),
  ratelimitHeaders: is<RatelimitHeaders>((value) => RATELIMIT_HEADERS.has(value))(
    "must be 'legacy', 'ietf', 'both' or false",
  ),
  realm: is<string>((value) => typeof value === 'string' && /^[\x20-\x7e]+$/.test(value))(
    'must be a string of printable ASCII characters',
  ),
  clientIp: v.boolean('must be true or false'),
  timeout: wholeNumber(1, TIMEOUT),
  maxInFlight: wholeNumber(1, MAX_IN_FLIGHT),
  ...NESTED_OPTIONS,
  verifyOn: is<'connection' | 'message'>((value) => value === 'connection' || value === 'message')(
    "must be 'connection' or 'message'",
  ),
  reverifyAfter: wholeNumber(1, TIMEOUT),
  verifier: is<'http' | 'sdk' | Verifier>(
    (value) => value === 'http' || value === 'sdk' || isFunction(value),
  )("must be 'http', 'sdk' or a function (request, signal) => Promise<Verification>"),
  dispatcher: is<Dispatcher>(
    (value) => typeof value === 'object' && value !== null && isFunction(Reflect.get(value, 'dispatch')),
  )('must be a Dispatcher of undici 7'),
  client: is<Unkey | false>((value) => value === false || isClient(value))(
    'must be an Unkey client of @unkey/api, or false',
  ),
  clientOptions,
} satisfies Record<keyof UnkeyModuleOptions, unknown>;

export const OPTIONS_SCHEMA = v.partial(v.strictObject(OPTIONS));

/** The checked options, before defaults are filled in. */
export type CheckedOptions = v.InferOutput<typeof OPTIONS_SCHEMA>;

function isHttpUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const url = new URL(value);
  return (
    /^https?:$/.test(url.protocol) &&
    url.username === '' &&
    url.password === '' &&
    url.search === '' &&
    url.hash === ''
  );
}

function isClient(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const keys: unknown = Reflect.get(value, 'keys');
  return typeof keys === 'object' && keys !== null && isFunction(Reflect.get(keys, 'verifyKey'));
}
