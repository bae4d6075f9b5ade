/**
 * Deep-freezes plain objects and arrays in place. Uses a list instead of recursion, because JSON can be nested deeper
 * than the call stack allows. Dates, maps and buffers are not frozen.
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

/** Skips objects that this function has frozen already, which also ends cycles. */
function isUnfrozen(value: unknown): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) &&
    !Object.isFrozen(value)
  );
}
