import { textOf } from './text-of.js';

/** Returns the value at a path of own properties, as a list with one item; an empty list if there is none. */
export function payloadValues(data: unknown, path: readonly string[]): readonly string[] {
  const value = path.reduce<unknown>(
    (parent, name) =>
      typeof parent === 'object' && parent !== null && Object.hasOwn(parent, name)
        ? Reflect.get(parent, name)
        : undefined,
    data,
  );
  return value === undefined || value === null ? [] : [textOf(value)];
}
