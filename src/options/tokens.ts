/**
 * The options that you passed to `forRoot`, or that your factory returned. They are resolved after provider overrides,
 * so a test can replace them: `overrideProvider(UNKEY_OPTIONS).useValue({ rootKey, baseUrl })`. You can read `rootKey`,
 * `client` and `dispatcher` by name, but they are not enumerable: printing, spreading or comparing the object skips
 * them.
 */
export const UNKEY_OPTIONS = Symbol.for('nestjs-unkey:options');

/** The options with defaults filled in, checked and frozen; see {@link ResolvedUnkeyOptions}. */
export const UNKEY_RESOLVED_OPTIONS = Symbol.for('nestjs-unkey:resolved-options');

/** The `UnkeyService`, under a token that several copies of this package share. */
export const UNKEY_SERVICE = Symbol.for('nestjs-unkey:service');

/** The official SDK's client; `@InjectUnkey()` is short for `@Inject(UNKEY_CLIENT)`. */
export const UNKEY_CLIENT = Symbol.for('nestjs-unkey:client');

/** The {@link Verifier} in use. It has no deadline by itself: `UnkeyService.verify()` adds it. */
export const UNKEY_VERIFIER = Symbol.for('nestjs-unkey:verifier');

/** @internal the connections to Unkey; `undefined` if keys are not verified over them */
export const UNKEY_WIRE = Symbol.for('nestjs-unkey:wire');

/** @internal counts the calls to Unkey that are in flight */
export const UNKEY_IN_FLIGHT = Symbol.for('nestjs-unkey:in-flight');

/** @internal obtains verifications from the cache or from Unkey */
export const UNKEY_VERIFICATION_SOURCE = Symbol.for('nestjs-unkey:verification-source');

/** @internal verifies single keys, for `UnkeyService` */
export const UNKEY_KEY_VERIFICATION = Symbol.for('nestjs-unkey:key-verification');

/** @internal counts rate limits at Unkey */
export const UNKEY_LIMITER = Symbol.for('nestjs-unkey:limiter');

/** @internal checks whether Unkey is reachable */
export const UNKEY_LIVENESS = Symbol.for('nestjs-unkey:liveness');

/** @internal the verification cache; `undefined` if the option `cache` is off */
export const UNKEY_CACHE = Symbol.for('nestjs-unkey:cache');

/** @internal the {@link AppAudit}, which lists how each handler of the app is protected */
export const UNKEY_AUDIT = Symbol.for('nestjs-unkey:audit');

/** @internal */
export const UNKEY_EVENTS = Symbol.for('nestjs-unkey:events');

/** @internal drops cached results of keys that have changed, also those of open connections */
export const UNKEY_INVALIDATIONS = Symbol.for('nestjs-unkey:invalidations');

/** @internal finds the named instances of the module */
export const UNKEY_INSTANCES = Symbol.for('nestjs-unkey:instances');

/** Returns the token under which the instance with this name has what the unnamed one has under `token`. */
export function tokenOf(token: symbol, name?: string): symbol {
  return name === undefined ? token : Symbol.for(`${String(token.description)}:${name}`);
}

/** The name of the instance that has its resolved options under this token; `false` for any other token. */
export function instanceOfToken(token: unknown): { readonly name: string | undefined } | false {
  if (token === UNKEY_RESOLVED_OPTIONS) return { name: undefined };
  const prefix = `${String(UNKEY_RESOLVED_OPTIONS.description)}:`;
  const key = typeof token === 'symbol' ? Symbol.keyFor(token) : undefined;
  return key?.startsWith(prefix) === true && { name: key.slice(prefix.length) };
}

/**
 * Returns the token of the official SDK's client, of the named instance or of the unnamed one, to replace it in a test
 * or to inject it into a factory. In a class, use `@InjectUnkey(name)`.
 */
export function getUnkeyToken(name?: string): symbol {
  return tokenOf(UNKEY_CLIENT, name);
}

/**
 * Returns the token of the `UnkeyService` of a named instance, or of the unnamed one.
 *
 * @example
 * const partners = app.get<UnkeyService>(getUnkeyServiceToken('partners'));
 */
export function getUnkeyServiceToken(name?: string): symbol {
  return tokenOf(UNKEY_SERVICE, name);
}

/** Returns the token of the options of a named instance, or of the unnamed one; see {@link UNKEY_OPTIONS}. */
export function getUnkeyOptionsToken(name?: string): symbol {
  return tokenOf(UNKEY_OPTIONS, name);
}
