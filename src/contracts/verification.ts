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
  readonly id: string;
  readonly name: string;
  /** How much may be spent in one `duration`. */
  readonly limit: number;
  /** Length of the window, in ms. */
  readonly duration: number;
  /** Whether Unkey checks it at every verification, asked or not. */
  readonly autoApply: boolean;
}

/** A limit after one verification counted against it. */
export interface RatelimitState extends Ratelimit {
  /** Whether this verification went over the limit. */
  readonly exceeded: boolean;
  /** What is left in this window; 0 if `exceeded`. */
  readonly remaining: number;
  /** When the window ends, in Unix ms. The next call may still be refused then, since Unkey weighs the last window in. */
  readonly reset: number;
}

/** Whom a key belongs to: your user, team or tenant. */
export interface VerifiedIdentity<IdentityMeta = Record<string, unknown>> {
  /** Unkey's id of the identity. */
  readonly id: string;
  /** Your own id of the user, team or tenant. */
  readonly externalId: string;
  /** What your app stored with the identity. */
  readonly meta?: IdentityMeta | undefined;
  /** The limits that all keys of the identity share. */
  readonly ratelimits?: readonly Ratelimit[] | undefined;
}

/**
 * The `data` of Unkey's answer to `keys.verifyKey`, a yes or a no, as it came. Fields that are empty at Unkey are
 * absent here; {@link VerifiedKey} is the tidy form that handlers see.
 *
 * What {@link UnkeyService.verify} returns is frozen deeply, because others may be given the same object.
 */
export interface Verification {
  /** `true` only together with the code `VALID`; anything else is no permission. */
  readonly valid: boolean;
  readonly code: VerificationCode;
  /** Unkey's id of the call, for its dashboard and support; absent where Unkey was not asked. */
  readonly requestId?: string | undefined;
  /** Absent for `NOT_FOUND` and `MALFORMED_KEY`. */
  readonly keyId?: string | undefined;
  readonly name?: string | undefined;
  readonly meta?: Readonly<Record<string, unknown>> | undefined;
  /** Unix ms; absent for a key that never expires. */
  readonly expires?: number | undefined;
  /** What is left; absent for a key without a credit limit. Only reliable for `VALID` and `USAGE_EXCEEDED`. */
  readonly credits?: number | undefined;
  readonly enabled?: boolean | undefined;
  readonly permissions?: readonly string[] | undefined;
  readonly roles?: readonly string[] | undefined;
  readonly identity?: VerifiedIdentity | undefined;
  readonly ratelimits?: readonly RatelimitState[] | undefined;
  /** Set where the answer was remembered; absent where Unkey was asked. */
  readonly source?: 'unkey' | 'cache' | 'stale' | undefined;
}
