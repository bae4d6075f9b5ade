import type { Verification } from './verification.js';

/** The body of Unkey's `keys.verifyKey`. */
export interface VerifyRequest {
  key: string;
  /** A query in Unkey's permission language, such as `documents.read AND (admin OR owner)`. */
  permissions?: string;
  credits?: { cost: number };
  ratelimits?: VerifyRequestRatelimit[];
  tags?: string[];
  /** Ids of the keyspaces whose keys are accepted; absent: those of all that the root key may verify. */
  keyspaces?: string[];
}

/** One limit to count against; `limit` with `duration` makes it ad-hoc. */
export interface VerifyRequestRatelimit {
  name: string;
  cost?: number;
  limit?: number;
  /** ms */
  duration?: number;
}

/**
 * How an answer is obtained. Resolve with what Unkey said, a no included; reject where it could not be asked: the
 * caller then gets a 503 (a 500 where the rejection has a `statusCode` that says that *we* were refused).
 *
 * `signal` aborts when the deadline (`timeout`) has passed. A caller that goes away does not abort it.
 */
export type Verifier = (request: VerifyRequest, signal: AbortSignal) => Promise<Verification>;

/** A verifier of ours, which is told more; every {@link Verifier} is one that does not listen to it. */
export type CallerVerifier = (
  request: VerifyRequest,
  signal: AbortSignal,
  caller?: VerifyCaller,
) => Promise<Verification>;

/** What is known of whoever presented the key; no part of the body. */
export interface VerifyCaller {
  /** For the IP allow lists of Unkey, which reads it from `X-Forwarded-For`. */
  clientIp?: string | undefined;
}
