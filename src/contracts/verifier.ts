import type { Verification } from './verification.js';

/** The request body of Unkey's `keys.verifyKey`. */
export interface VerifyRequest {
  key: string;
  /** A query in Unkey's permission language, such as `documents.read AND (admin OR owner)`. */
  permissions?: string;
  credits?: { cost: number };
  ratelimits?: VerifyRequestRatelimit[];
  tags?: string[];
  /** Ids of the keyspaces whose keys are accepted. Default: all keyspaces that the root key may verify. */
  keyspaces?: string[];
}

/** A rate limit to count against. With `limit` and `duration` it is an ad-hoc limit. */
export interface VerifyRequestRatelimit {
  name: string;
  cost?: number;
  limit?: number;
  /** In ms. */
  duration?: number;
}

/**
 * Verifies a key. Resolve with Unkey's verification, also if it denies the key. Reject if the key could not be
 * verified: the caller then gets a 503, or a 500 if the error has a `statusCode` with which Unkey rejects your app
 * (such as 401 or 403).
 *
 * `signal` aborts when the deadline (`timeout`) has passed. It does not abort if the caller disconnects.
 */
export type Verifier = (request: VerifyRequest, signal: AbortSignal) => Promise<Verification>;

/** A built-in verifier, which also gets what is known about the caller. */
export type CallerVerifier = (
  request: VerifyRequest,
  signal: AbortSignal,
  caller?: VerifyCaller,
) => Promise<Verification>;

/** What is known about the caller. It is not part of the request body. */
export interface VerifyCaller {
  /** For Unkey's IP allow lists; sent as `X-Forwarded-For`. */
  clientIp?: string | undefined;
}
