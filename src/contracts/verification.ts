/**
 * What Unkey says of a key.
 *
 * `MALFORMED_KEY` is this module's own: the text cannot be a key, so Unkey was not asked. The type stays open,
 * since a code that Unkey adds tomorrow must reach you (and is a denial until you know it).
 *
 * @see https://www.unkey.com/docs/api-reference/v2/keys/verify-api-key
 */
export type VerificationCode =
  | 'VALID'
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'INSUFFICIENT_PERMISSIONS'
  | 'USAGE_EXCEEDED'
  | 'RATE_LIMITED'
  | 'DISABLED'
  | 'EXPIRED'
  | 'MALFORMED_KEY'
  | (string & {});

/** A limit as it is configured on a key or an identity. */
export interface Ratelimit {
  /** Empty for an ad-hoc limit, which exists for one call only. */
  id: string;
  name: string;
  /** How much may be spent in one `duration`. */
  limit: number;
  /** Length of the window, in ms. */
  duration: number;
  /** Whether Unkey checks it at every verification, asked or not. */
  autoApply: boolean;
}

/** A limit after one verification counted against it. */
export interface RatelimitState extends Ratelimit {
  exceeded: boolean;
  /** What is left in this window; 0 where `exceeded`. */
  remaining: number;
  /** When the window ends, in Unix ms. The next call may still be refused then, since Unkey weighs the last window in. */
  reset: number;
}

/** Whom a key belongs to: your user, team or tenant. */
export interface VerifiedIdentity<IdentityMeta = Record<string, unknown>> {
  /** Unkey's id. */
  id: string;
  /** Your id. */
  externalId: string;
  meta?: IdentityMeta | undefined;
  ratelimits?: Ratelimit[] | undefined;
}

/**
 * The `data` of Unkey's answer to `keys.verifyKey`, a yes or a no, as it came. Fields that are empty at Unkey are
 * absent here; {@link VerifiedKey} is the tidy form that handlers see.
 */
export interface Verification {
  /** `true` only together with the code `VALID`; anything else is no permission. */
  valid: boolean;
  code: VerificationCode;
  /** Unkey's id of the call, for its dashboard and support; absent where Unkey was not asked. */
  requestId?: string | undefined;
  /** Absent for `NOT_FOUND` and `MALFORMED_KEY`. */
  keyId?: string | undefined;
  /** The keyspace of the key; absent where the server does not know keyspaces. */
  keyspaceId?: string | undefined;
  name?: string | undefined;
  meta?: Record<string, unknown> | undefined;
  /** Unix ms; absent for a key that never expires. */
  expires?: number | undefined;
  /** What is left; absent for a key without a credit limit. Only reliable for `VALID` and `USAGE_EXCEEDED`. */
  credits?: number | undefined;
  enabled?: boolean | undefined;
  permissions?: string[] | undefined;
  roles?: string[] | undefined;
  identity?: VerifiedIdentity | undefined;
  ratelimits?: RatelimitState[] | undefined;
  /** Set where the answer was remembered; absent where Unkey was asked. */
  source?: 'unkey' | 'cache' | 'stale' | undefined;
}
