/**
 * What a key must be allowed to do: a permission's slug, or a combination made with `anyOf()` and `allOf()`. An object
 * has exactly one of the two members.
 * Slugs are compared letter by letter: `documents.*` is satisfied only by a permission of that very name.
 */
export type PermissionExpression =
  | string
  | { readonly anyOf: readonly PermissionExpression[]; readonly allOf?: never }
  | { readonly allOf: readonly PermissionExpression[]; readonly anyOf?: never };

/** A limit that a call counts against: one configured on the key or its identity, or an ad-hoc one. */
export interface KeyRatelimitDemand {
  /** 3 to 255 characters. */
  name: string;
  /** What this call takes from the limit, a whole number; 1 unless given. */
  cost?: number | undefined;
  /** With `duration`: an ad-hoc limit of this size, counted per key. At least 1. */
  limit?: number | undefined;
  /** With `limit`: the length of the ad-hoc window in ms. At least 1000. */
  duration?: number | undefined;
}

/** What one verification asks for beside the key. */
export interface VerifyOptions {
  /** The key must hold all of them. */
  permissions?: PermissionExpression | PermissionExpression[] | undefined;
  /** What the call costs, a whole number from 0. Without it, Unkey takes 1 from a key with a credit limit. */
  credits?: number | undefined;
  /** Limits that the call counts against. */
  ratelimits?: KeyRatelimitDemand[] | undefined;
  /** For Unkey's analytics: at most 20, each 1 to 512 characters. */
  tags?: string[] | undefined;
  /**
   * The caller's address, for the IP allow lists of Unkey; without it they are held against this server's own.
   * `'unknown'` for a caller whose address nobody knows: no allow list has it.
   */
  clientIp?: string | undefined;
}
