import * as v from 'valibot';
import type { KeySource } from '../contracts/key-source.js';
import type { PermissionExpression } from '../contracts/verify-options.js';
import { UnkeyConfigError } from '../errors/unkey-config.error.js';
import { checkCombinations, verifierOf } from './check-combinations.js';
import { challengeScheme, checkKeySources } from './key-sources.js';
import { optionsFault } from './options-fault.js';
import { OPTIONS, OPTIONS_SCHEMA, type CheckedOptions } from './options-schema.js';
import { checkTags } from './check-demands.js';
import { resolveKeyCheck } from './key-checks.js';
import { breakerOf, cacheOf, gatewayOf } from './nested-options.js';
import { toPermissionQuery } from './permission-query.js';
import type { ResetSource, ResolvedUnkeyOptions } from './resolved-options.js';
import { RootKey } from './root-key.js';
import { routeMatcher } from './route-pattern.js';
import { shown } from './shown-value.js';
import { verificationScope } from './verification-scope.js';

/** The environment in which options are resolved. */
export interface OptionsEnvironment {
  /** The name of the instance, if it has one. */
  readonly name?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The sources to use if `keyFrom` is not set. */
  readonly keyFrom: readonly KeySource[];
  /** The clock, in Unix ms. */
  readonly now: () => number;
  /** See {@link ResolvedUnkeyOptions.onReset}. */
  readonly onReset?: ResetSource | undefined;
}

/**
 * Validates the options, fills in the defaults and freezes the result.
 *
 * @throws UnkeyConfigError that names the option, the value that it got and the values that it takes. It never contains
 * a root key.
 */
export function resolveOptions(given: unknown, environment: OptionsEnvironment): ResolvedUnkeyOptions {
  const { name } = environment;
  try {
    return resolved(given, environment);
  } catch (error) {
    if (name === undefined || !(error instanceof UnkeyConfigError)) throw error;
    throw new UnkeyConfigError(
      error.message.replace(/^UnkeyModule:/, `UnkeyModule ${JSON.stringify(name)}:`),
    );
  }
}

function resolved(given: unknown, environment: OptionsEnvironment): ResolvedUnkeyOptions {
  const { name } = environment;
  const options = checked(withEnvironment(withoutUndefined(given), environment));
  const keyFrom = options.keyFrom === undefined ? environment.keyFrom : list(options.keyFrom);
  const permissions = list<PermissionExpression>(options.permissions);
  forOption('permissions', () => permissions.length > 0 && toPermissionQuery(permissions));
  forOption('keyFrom', () => checkKeySources(keyFrom));
  forOption('tags', () => checkTags(options.tags ?? []));
  checkCombinations(options, name);
  const baseUrl = (options.baseUrl ?? 'https://api.unkey.com').replace(/\/+$/, '');
  const statuses = Object.freeze({ ...options.statuses });
  return Object.freeze({
    name,
    rootKey: options.rootKey === undefined ? undefined : new RootKey(options.rootKey),
    baseUrl,
    scope: verificationScope(options, baseUrl, name),
    keyFrom: Object.freeze(keyFrom),
    scheme: challengeScheme(keyFrom),
    realm: options.realm ?? 'api',
    keyspaces: Object.freeze([...(options.keyspaces ?? [])]),
    keyPrefix: Object.freeze(list(options.keyPrefix)),
    permissions: Object.freeze(permissions),
    exposeRequiredPermissions: options.exposeRequiredPermissions ?? false,
    checks: Object.freeze(
      (options.checks ?? []).map((check, index) =>
        forOption(`checks.${index}`, () => resolveKeyCheck(check, statuses)),
      ),
    ),
    userFrom: options.userFrom,
    metaSchema: options.metaSchema,
    identityMetaSchema: options.identityMetaSchema,
    gateway: gatewayOf(options.gateway),
    tags: Object.freeze([...(options.tags ?? [])]),
    public: Object.freeze([...(options.public ?? [])]),
    publicMetadata: Object.freeze(list(options.publicMetadata)),
    exclude: Object.freeze((options.exclude ?? []).map((entry) => ({ entry, matches: routeMatcher(entry) }))),
    skipIf: options.skipIf,
    skipTransports: Object.freeze([...(options.skipTransports ?? [])]),
    audit: options.audit ?? 'warn',
    inheritAppConfig: options.inheritAppConfig ?? false,
    statuses,
    problemDetails: options.problemDetails ?? false,
    ratelimitHeaders: options.ratelimitHeaders ?? 'legacy',
    timeout: options.timeout ?? 2000,
    clientIp: options.clientIp ?? false,
    maxInFlight: options.maxInFlight ?? 1000,
    breaker: breakerOf(options.breaker),
    cache: cacheOf(options.cache),
    verifyOn: options.verifyOn ?? 'connection',
    reverifyAfter: options.reverifyAfter ?? 60_000,
    verifier: verifierOf(options),
    dispatcher: behindFunction(options.dispatcher),
    client: options.client === false ? false : behindFunction(options.client),
    clientOptions: Object.freeze({ ...options.clientOptions }),
    now: environment.now,
    onReset: environment.onReset,
  });
}

function withoutUndefined(given: unknown): Record<string, unknown> {
  if (given === undefined) {
    throw optionsFault(
      'there are no options; import UnkeyModule.forRoot(), or forRootAsync() with a factory that returns an object',
    );
  }
  if (typeof given !== 'object' || given === null)
    throw optionsFault(`the options must be an object, got ${shown(given)}`);
  // Not by Object.entries(): secrets are not enumerable, see conceal-secrets.ts.
  const names = Object.getOwnPropertyNames(given);
  const entries = names.map((name): [string, unknown] => [name, Reflect.get(given, name)]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function withEnvironment(
  given: Record<string, unknown>,
  { env, name }: OptionsEnvironment,
): Record<string, unknown> {
  const { UNKEY_ROOT_KEY: rootKey, UNKEY_BASE_URL: baseUrl } = env;
  return {
    // A named instance without its own root key must not accept the keys of the other one.
    ...(rootKey && name === undefined ? { rootKey: rootKey } : {}),
    ...(baseUrl ? { baseUrl: baseUrl } : {}),
    ...given,
  };
}

function checked(given: Record<string, unknown>): CheckedOptions {
  for (const name of Object.keys(given)) refuseUnknown(name);
  const result = v.safeParse(OPTIONS_SCHEMA, given, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? '';
  throw optionsFault(`option "${path}" ${issue.message}, got ${shown(issue.input, path)}`);
}

function refuseUnknown(name: string): void {
  if (Object.hasOwn(OPTIONS, name)) return;
  if (name === 'isGlobal' || name === 'globalGuard' || name === 'name') {
    throw optionsFault(
      `option "${name}" must be known before the factory runs: set it next to useFactory, as in forRootAsync({ ${name}: …, useFactory })`,
    );
  }
  throw optionsFault(`unknown option "${name}"; the options are ${Object.keys(OPTIONS).join(', ')}`);
}

/** Hides a value in a function. A client or dispatcher of the user's may print the root key; a function does not. */
function behindFunction<T>(value: T | undefined): (() => T) | undefined {
  return value === undefined ? undefined : () => value;
}

/** Runs a check and adds the name of the option to the error that it throws. */
function forOption<T>(name: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw optionsFault(
      `option "${name}": ${error instanceof Error ? error.message : 'the value cannot be read'}`,
    );
  }
}

function list<T>(value: T | readonly T[] | undefined): T[] {
  if (value === undefined) return [];
  return isList(value) ? [...value] : [value];
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
