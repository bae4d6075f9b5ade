import type { RatelimitState, VerifiedIdentity } from './verification.js';

/**
 * Says once per app what your keys and identities carry in `meta`, instead of a type argument in every handler.
 *
 * @example
 * declare module 'nestjs-unkey' {
 *   interface Register {
 *     meta: { plan: 'free' | 'pro' };
 *     identityMeta: { seats: number };
 *   }
 * }
 */
// An interface, since only interfaces can be extended from a user's code.
// oxlint-disable-next-line typescript/no-empty-object-type
export interface Register {}

/** The type of a key's `meta`: what {@link Register} says, else any object. */
export type RegisteredMeta = Register extends { meta: infer Meta } ? Meta : Record<string, unknown>;

/** The type of an identity's `meta`: what {@link Register} says, else any object. */
export type RegisteredIdentityMeta = Register extends { identityMeta: infer Meta }
  ? Meta
  : Record<string, unknown>;

/**
 * A key that Unkey said yes to, as `@UnkeyKey()` injects it and as `request.unkey` holds it.
 *
 * Frozen deeply, whether it comes from the cache or not: a cached key is the same object for every request. To change
 * something for one request, copy it: `{ ...key, name: 'new' }`.
 */
export interface VerifiedKey<Meta = RegisteredMeta, IdentityMeta = RegisteredIdentityMeta> {
  readonly keyId: string;
  readonly code: 'VALID';
  readonly valid: true;
  /** Unkey's id of the verification; empty where the verifier gave none. */
  readonly requestId: string;
  readonly name?: string;
  readonly meta?: Meta;
  /** Unix ms; absent for a key that never expires. */
  readonly expires?: number;
  /** Credits left after this call; absent for a key without a credit limit. */
  readonly credits?: number;
  readonly enabled?: boolean;
  readonly identity?: VerifiedIdentity<IdentityMeta>;
  /** Direct permissions and those of the key's roles, each once. */
  readonly permissions: readonly string[];
  readonly roles: readonly string[];
  /** The limits that this verification counted against. */
  readonly ratelimits: readonly RatelimitState[];
  /** Where the answer comes from: asked now, remembered, or remembered past its time while Unkey could not be reached. */
  readonly source: 'unkey' | 'cache' | 'stale';
}
