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

/** A key that Unkey said yes to, as `@UnkeyKey()` injects it and as `request.unkey` holds it. */
export interface VerifiedKey<Meta = RegisteredMeta, IdentityMeta = RegisteredIdentityMeta> {
  keyId: string;
  code: 'VALID';
  valid: true;
  /** Unkey's id of the verification; empty where the verifier gave none. */
  requestId: string;
  /** The keyspace of the key; absent where the server does not know keyspaces. */
  keyspaceId?: string;
  name?: string;
  meta?: Meta;
  /** Unix ms; absent for a key that never expires. */
  expires?: number;
  /** Credits left after this call; absent for a key without a credit limit. */
  credits?: number;
  enabled?: boolean;
  identity?: VerifiedIdentity<IdentityMeta>;
  /** Direct permissions and those of the key's roles, each once. */
  permissions: string[];
  roles: string[];
  /** The limits that this verification counted against. */
  ratelimits: RatelimitState[];
  /** Where the answer comes from: asked now, remembered, or remembered past its time while Unkey could not be reached. */
  source: 'unkey' | 'cache' | 'stale';
}
