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

/** @internal the verification cache; `undefined` if the option `cache` is off */
export const UNKEY_CACHE = Symbol.for('nestjs-unkey:cache');

/** @internal the {@link AppAudit}, which lists how each handler of the app is protected */
export const UNKEY_AUDIT = Symbol.for('nestjs-unkey:audit');

/** @internal */
export const UNKEY_EVENTS = Symbol.for('nestjs-unkey:events');

/** @internal tells the cache and open connections which keys have changed */
export const UNKEY_INVALIDATIONS = Symbol.for('nestjs-unkey:invalidations');
