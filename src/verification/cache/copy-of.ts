import type { Verification } from '../../contracts/verification.js';

/** A copy for one request: what a handler changes in its key must not be what the next one is given. */
export function copyOf(verification: Verification, source?: 'cache' | 'stale'): Verification {
  const copy = { ...verification };
  const { meta, identity, permissions, roles, ratelimits } = verification;
  if (meta !== undefined) copy.meta = copyOfJson(meta);
  if (identity !== undefined) copy.identity = copyOfJson(identity);
  if (permissions !== undefined) copy.permissions = [...permissions];
  if (roles !== undefined) copy.roles = [...roles];
  if (ratelimits !== undefined) copy.ratelimits = copyOfJson(ratelimits);
  if (source !== undefined) copy.source = source;
  return copy;
}

/** What came as JSON: trees of plain objects, lists and values. */
function copyOfJson<T>(value: T): T;
function copyOfJson(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => copyOfJson(item));
  const copy: Record<string, unknown> = { ...value };
  for (const name in copy) {
    const member = copy[name];
    if (typeof member === 'object' && member !== null) copy[name] = copyOfJson(member);
  }
  return copy;
}
