/**
 * What `forRoot` was given, or what the options factory returned. Resolved once, after overrides, so a test may
 * replace it: `overrideProvider(UNKEY_OPTIONS).useValue({ rootKey, baseUrl })`. `rootKey` and `client` are there for
 * whoever reads them by name, but are not enumerable: printing, spreading or comparing the object passes over them.
 */
export const UNKEY_OPTIONS = Symbol.for('nestjs-unkey:options');

/** The options with defaults filled in, checked and frozen; see {@link ResolvedUnkeyOptions}. */
export const UNKEY_RESOLVED_OPTIONS = Symbol.for('nestjs-unkey:resolved-options');

/** The `UnkeyService`, by a token that two copies of this package share. */
export const UNKEY_SERVICE = Symbol.for('nestjs-unkey:service');

/** The official SDK's client; `@InjectUnkey()` is the short form. */
export const UNKEY_CLIENT = Symbol.for('nestjs-unkey:client');

/** The {@link Verifier} in use, without the deadline: `UnkeyService.verify()` is what asks it in time. */
export const UNKEY_VERIFIER = Symbol.for('nestjs-unkey:verifier');

/** @internal the connections to Unkey; `undefined` where verification needs none of ours */
export const UNKEY_WIRE = Symbol.for('nestjs-unkey:wire');

/** @internal what is remembered of verifications; `undefined` where the option `cache` is off */
export const UNKEY_CACHE = Symbol.for('nestjs-unkey:cache');

/** @internal lists how each handler of the app is protected */
export const UNKEY_AUDIT = Symbol.for('nestjs-unkey:audit');

/** @internal */
export const UNKEY_EVENTS = Symbol.for('nestjs-unkey:events');

/** @internal tells the cache and open connections which keys were changed */
export const UNKEY_INVALIDATIONS = Symbol.for('nestjs-unkey:invalidations');
