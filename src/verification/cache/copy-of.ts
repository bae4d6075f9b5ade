import type { Verification } from '../../contracts/verification.js';

/**
 * A copy for one request: what a handler changes in its key must not be what the next one is given. It only ever
 * replaces members that are there: one more member on an object that was spread costs ten times the spread.
 */
export function copyOf(verification: Verification): Verification {
  const copy = { ...verification };
  const { meta, identity, permissions, roles, ratelimits } = verification;
  if (meta !== undefined) copy.meta = copyOfJson(meta);
  if (identity !== undefined) copy.identity = copyOfJson(identity);
  if (permissions !== undefined) copy.permissions = permissions.slice();
  if (roles !== undefined) copy.roles = roles.slice();
  if (ratelimits !== undefined) copy.ratelimits = copyOfJson(ratelimits);
  return copy;
}

/** What came as JSON: trees of plain objects, lists and values. */
function copyOfJson<T>(value: T): T;
function copyOfJson(value: unknown): unknown {
  if (!isObject(value)) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => copyOfJson(item));
  for (const name in value) if (isObject(value[name])) return copyOfTree(value);
  return { ...value };
}

/** By entries, so that a member named `__proto__` stays a member. */
function copyOfTree(tree: Record<string, unknown>): unknown {
  return Object.fromEntries(Object.entries(tree).map(([name, member]) => [name, copyOfJson(member)]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
