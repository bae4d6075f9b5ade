import type {
  ResolvedBreakerOptions,
  ResolvedCacheOptions,
  ResolvedGatewayOptions,
} from './resolved-options.js';
import type { UnkeyBreakerOptions, UnkeyCacheOptions, UnkeyGatewayOptions } from './unkey-options.js';

/** Fills in the defaults of the option `breaker`. */
export function breakerOf(given: UnkeyBreakerOptions | false | undefined): ResolvedBreakerOptions | false {
  if (given === false) return false;
  return Object.freeze({
    consecutiveFailures: given?.consecutiveFailures ?? 10,
    failureRate: given?.failureRate ?? 0.5,
    openFor: given?.openFor ?? 5000,
  });
}

/** Fills in the defaults of the option `cache`. */
export function cacheOf(given: UnkeyCacheOptions | boolean | undefined): ResolvedCacheOptions | false {
  if (given === undefined || given === false) return false;
  const { ttl, max, negativeTtl, staleIfError, store, storeTimeout } = given === true ? {} : given;
  return Object.freeze({
    ttl: ttl ?? 10_000,
    max: max ?? 10_000,
    negativeTtl: negativeTtl ?? 2000,
    staleIfError: staleIfError ?? 0,
    store,
    storeTimeout: storeTimeout ?? 50,
  });
}

/** Fills in the default of the option `gateway`. */
export function gatewayOf(given: UnkeyGatewayOptions | undefined): ResolvedGatewayOptions | undefined {
  if (given === undefined) return undefined;
  return Object.freeze({ trust: given.trust, otherwise: given.otherwise ?? 'deny' });
}
