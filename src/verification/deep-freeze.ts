/**
 * Freezes plain objects and lists in place, down to their leaves. Uses a list instead of recursion, because JSON may
 * be nested deeper than the call stack allows. Dates, maps and buffers stay as they are.
 */
export function deepFreeze<Data extends object>(data: Data): Data {
  const left: object[] = [data];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    Object.freeze(next);
    const members: unknown[] = Array.isArray(next) ? next : Object.values(next);
    for (const member of members) if (isUnfrozen(member)) left.push(member);
  }
  return data;
}

/** What is frozen was frozen by this function; skipping it ends a cycle. */
function isUnfrozen(value: unknown): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) &&
    !Object.isFrozen(value)
  );
}
