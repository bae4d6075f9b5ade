import type { Verification } from '../../contracts/verification.js';

/** A copy for one request: what a handler changes in its key must not be what the next one is given. */
export function copyOf(verification: Verification): Verification {
  const copy = { ...verification };
  for (const name of ['meta', 'identity', 'permissions', 'roles', 'ratelimits'] as const) {
    const value = verification[name];
    if (value !== undefined) Reflect.set(copy, name, copyOfJson(value));
  }
  return copy;
}

/** What came as JSON: trees of plain objects, lists and values. */
function copyOfJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOfJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copyOfJson(member)]));
}
