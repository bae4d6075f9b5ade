import { isList, isReplaced, type ObjectShape, type Shape } from './shape.js';

/** The schema's name of a member: the same name, else one that differs only in letter case. */
export function memberOf(shape: ObjectShape, name: string): string | undefined {
  if (Object.hasOwn(shape, name)) return name;
  const folded = fold(name);
  return Object.keys(shape).find((member) => fold(member) === folded);
}

/** Whether a valid body has a member whose name differs from the schema's in letter case. That is possible only where
 * unknown members are allowed. */
export function hasOtherLetterCase(value: unknown, shape: Shape): boolean {
  if (typeof shape === 'string' || typeof value !== 'object' || value === null) return false;
  if (isReplaced(shape)) return hasOtherLetterCase(value, shape[1]);
  if (isList(shape)) return Array.isArray(value) && value.some((one) => hasOtherLetterCase(one, shape[0]));
  return Object.entries(value).some(([name, member]) => {
    const known = memberOf(shape, name);
    return known !== undefined && (known !== name || hasOtherLetterCase(member, shape[known] ?? '*'));
  });
}

/** Unicode simple case folding, limited to characters that fold to ASCII letters. */
function fold(name: string): string {
  return name.replaceAll('\u017f', 's').toLowerCase();
}
