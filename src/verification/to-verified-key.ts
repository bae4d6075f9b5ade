import type { Verification } from '../contracts/verification.js';
import type { VerifiedKey } from '../contracts/verified-key.js';

/** The tidy form of a yes: lists are lists, each permission stands once, absent stays absent. */
export function toVerifiedKey(verification: Verification): VerifiedKey {
  const { keyspaceId, name, meta, expires, credits, enabled, identity, source } = verification;
  const key: VerifiedKey<Record<string, unknown>, Record<string, unknown>> = {
    keyId: verification.keyId ?? '',
    code: 'VALID',
    valid: true,
    requestId: verification.requestId ?? '',
    // Unkey lists a permission twice that a key holds directly and through a role.
    permissions: distinct(verification.permissions),
    roles: distinct(verification.roles),
    ratelimits: verification.ratelimits ?? [],
    source: source === 'cache' || source === 'stale' ? source : 'unkey',
  };
  // One by one: a spread for each costs more than all else here.
  if (keyspaceId !== undefined) key.keyspaceId = keyspaceId;
  if (name !== undefined) key.name = name;
  if (meta !== undefined) key.meta = meta;
  if (expires !== undefined) key.expires = expires;
  if (credits !== undefined) key.credits = credits;
  if (enabled !== undefined) key.enabled = enabled;
  if (identity !== undefined) key.identity = identity;
  // What `meta` holds is the user's promise (see `Register`); Unkey stores any object.
  return key as VerifiedKey;
}

function distinct(list: readonly string[] = []): string[] {
  return list.length < 2 ? list.slice() : [...new Set(list)];
}
