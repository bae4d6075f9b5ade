import type { RatelimitState, VerifiedIdentity } from './verification.js';

/**
 * Declares the types of `meta` for your keys and identities once per app, instead of a type argument in every handler.
 *
 * @example
 * declare module 'nestjs-unkey' {
 *   interface Register {
 *     meta: { plan: 'free' | 'pro' };
 *     identityMeta: { seats: number };
 *   }
 * }
 */
// An interface, because only interfaces can be extended from user code.
// oxlint-disable-next-line typescript/no-empty-object-type
export interface Register {}

/** The type of a key's `meta`: as declared in {@link Register}, or else any object. */
export type RegisteredMeta = Register extends { meta: infer Meta } ? Meta : Record<string, unknown>;

/** The type of an identity's `meta`: as declared in {@link Register}, or else any object. */
export type RegisteredIdentityMeta = Register extends { identityMeta: infer Meta }
  ? Meta
  : Record<string, unknown>;

/**
 * A key that Unkey verified as valid. `@UnkeyKey()` injects it, and `request.unkey` holds it.
 *
 * Frozen deeply, whether it comes from the cache or not: a cached key is the same object for every request. To change
 * something for one request, copy it: `{ ...key, name: 'new' }`.
 */
export interface VerifiedKey<Meta = RegisteredMeta, IdentityMeta = RegisteredIdentityMeta> {
  /** Unkey's id of the key. It is not a secret, so you can log it. */
  readonly keyId: string;
  /** Always `'VALID'`, because a handler only runs if the key is valid. */
  readonly code: 'VALID';
  /** Always `true`. */
  readonly valid: true;
  /** Unkey's id of the verification; empty if your own verifier returns none. */
  readonly requestId: string;
  /** The keyspace of the key; absent if the Unkey server does not know keyspaces. */
  readonly keyspaceId?: string;
  /** The name that the key was given. */
  readonly name?: string;
  /** The metadata that your app stored with the key. */
  readonly meta?: Meta;
  /** When the key expires, in Unix ms; absent if it never does. */
  readonly expires?: number;
  /** The credits left after this call; absent if the key has no credit limit. */
  readonly credits?: number;
  /** Whether the key is enabled. */
  readonly enabled?: boolean;
  /** The user, team or tenant that the key belongs to; absent if it has none. */
  readonly identity?: VerifiedIdentity<IdentityMeta>;
  /** The key's own permissions and those of its roles, without duplicates. */
  readonly permissions: readonly string[];
  /** The names of the key's roles. */
  readonly roles: readonly string[];
  /** The limits that this verification counted against. */
  readonly ratelimits: readonly RatelimitState[];
  /**
   * Where the verification comes from: `'unkey'` now, `'cache'`, `'stale'`: cached for longer than `ttl`, because Unkey
   * can't be reached, or `'gateway'`: Unkey's gateway verified the key, see the option `gateway`.
   */
  readonly source: 'unkey' | 'cache' | 'stale' | 'gateway';
}
