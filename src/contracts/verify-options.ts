/**
 * What a key must be allowed to do: a permission's slug, or a combination made with `anyOf()`, `allOf()` or
 * `permissionQuery()`. An object has exactly one of the three members.
 * Slugs are compared exactly: only a permission that is named `documents.*` satisfies `documents.*`.
 */
export type PermissionExpression =
  | string
  | { readonly anyOf: readonly PermissionExpression[]; readonly allOf?: never; readonly query?: never }
  | { readonly allOf: readonly PermissionExpression[]; readonly anyOf?: never; readonly query?: never }
  | { readonly query: string; readonly anyOf?: never; readonly allOf?: never };

/** A rate limit that a call counts against: one that is configured on the key or its identity, or an ad-hoc limit. */
export interface KeyRatelimitDemand {
  /** 3 to 255 characters. */
  name: string;
  /** How many units this call uses, a whole number. Default: 1. */
  cost?: number | undefined;
  /** With `duration`: the size of an ad-hoc limit, which is counted per key. At least 1. */
  limit?: number | undefined;
  /** With `limit`: the window of the ad-hoc limit, in ms. At least 1000. */
  duration?: number | undefined;
}

/** The options of a verification. */
export interface VerifyOptions {
  /** Permissions that the key must have. In an array, it must have all of them. */
  permissions?: PermissionExpression | PermissionExpression[] | undefined;
  /** How many credits the call costs, a whole number from 0. By default, Unkey takes 1 from a key with a credit limit. */
  credits?: number | undefined;
  /** Rate limits that the call counts against. */
  ratelimits?: KeyRatelimitDemand[] | undefined;
  /** Tags for Unkey's analytics: at most 20, each 1 to 512 characters. */
  tags?: string[] | undefined;
  /**
   * The caller's IP address, for Unkey's IP allow lists. Without it, Unkey checks the address of this server. Use
   * `'unknown'` if you don't know the address: it is in no allow list.
   */
  clientIp?: string | undefined;
}
