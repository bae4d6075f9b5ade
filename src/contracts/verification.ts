/**
 * The result code of a verification.
 *
 * `MALFORMED_KEY` is this module's own: the text can't be a key, so Unkey was not called. The type accepts any string,
 * so that a code that Unkey adds later reaches you too. The guard treats an unknown code as a denial.
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

/** A rate limit as it is configured on a key or an identity. */
export interface RatelimitConfig {
  /** Empty for an ad-hoc limit, which exists for one call only. */
  readonly id: string;
  readonly name: string;
  /** How many units can be used per `duration`. */
  readonly limit: number;
  /** The length of the window, in ms. */
  readonly duration: number;
  /** Whether Unkey checks this limit at every verification, even if the call does not name it. */
  readonly autoApply: boolean;
}

/** The state of a rate limit after a verification counted against it. */
export interface RatelimitState extends RatelimitConfig {
  /** Whether this verification exceeded the limit. */
  readonly exceeded: boolean;
  /** What is left in this window; 0 if `exceeded`. */
  readonly remaining: number;
  /**
   * When the window ends, in Unix ms. A call right after it can still be denied, because Unkey counts a part of the
   * previous window.
   */
  readonly reset: number;
}

/** The identity that a key belongs to: your user, team or tenant. */
export interface VerifiedIdentity<IdentityMeta = Record<string, unknown>> {
  /** Unkey's id of the identity. */
  readonly id: string;
  /** Your own id of the user, team or tenant. */
  readonly externalId: string;
  /** The metadata that your app stored with the identity. */
  readonly meta?: IdentityMeta | undefined;
  /** The limits that all keys of the identity share. */
  readonly ratelimits?: readonly RatelimitConfig[] | undefined;
}

/**
 * The `data` of Unkey's response to `keys.verifyKey`, unchanged, for a valid or an invalid key. Fields that are empty
 * at Unkey are absent here. {@link VerifiedKey} is the normalized form that handlers get.
 *
 * What {@link UnkeyService.verify} returns is frozen deeply, because other callers can get the same object.
 */
export interface Verification {
  /** `true` only together with the code `VALID`. */
  readonly valid: boolean;
  readonly code: VerificationCode;
  /** Unkey's id of the call, for its dashboard and support; absent if Unkey was not called. */
  readonly requestId?: string | undefined;
  /** Absent for `NOT_FOUND` and `MALFORMED_KEY`. */
  readonly keyId?: string | undefined;
  /** The keyspace of the key; absent if the server does not know keyspaces. */
  readonly keyspaceId?: string | undefined;
  readonly name?: string | undefined;
  readonly meta?: Readonly<Record<string, unknown>> | undefined;
  /** Unix ms; absent for a key that never expires. */
  readonly expires?: number | undefined;
  /** The credits left; absent for a key without a credit limit. Only reliable for `VALID` and `USAGE_EXCEEDED`. */
  readonly credits?: number | undefined;
  readonly enabled?: boolean | undefined;
  readonly permissions?: readonly string[] | undefined;
  readonly roles?: readonly string[] | undefined;
  readonly identity?: VerifiedIdentity | undefined;
  readonly ratelimits?: readonly RatelimitState[] | undefined;
  /** Set if the result comes from the cache or from Unkey's gateway; absent if Unkey was called. */
  readonly source?: 'unkey' | 'cache' | 'stale' | 'gateway' | undefined;
}
