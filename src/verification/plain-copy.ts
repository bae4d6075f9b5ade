type Plain = unknown[] | Record<string, unknown>;

/**
 * Copies the own enumerable properties of an object into plain objects and arrays, at every depth. Dates, maps and
 * buffers are not copied. Uses a list instead of recursion, because data can be nested deeper than the call stack
 * allows.
 */
export function plainCopy<Data extends object>(original: Data): Data;
export function plainCopy(original: object): object {
  const root: Record<string, unknown> = {};
  const copies = new Map<object, Plain>([[original, root]]);
  // The iteration of a Map includes entries that are added meanwhile.
  for (const [from, to] of copies) {
    for (const [name, value] of Object.entries(from)) define(to, name, copyOf(value, copies));
  }
  return root;
}

/** Returns an empty copy that is filled later. For a cycle, it returns the copy that exists already. */
function copyOf(value: unknown, copies: Map<object, Plain>): unknown {
  if (!isCopied(value)) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  const copy = Array.isArray(value) ? [] : {};
  copies.set(value, copy);
  return copy;
}

/** A property named `__proto__` stays an ordinary property. */
function define(to: Plain, name: string, value: unknown): void {
  if (name !== '__proto__') Reflect.set(to, name, value);
  else Object.defineProperty(to, name, { value, enumerable: true, writable: true, configurable: true });
}

function isCopied(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || Object.prototype.toString.call(value) === '[object Object]';
}
