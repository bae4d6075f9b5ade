import { isList, isReplaced, type ObjectShape, type Shape } from './shape.js';

/** The member that a name of a body stands for: the same name, else the one that differs in letter case alone. */
export function memberOf(shape: ObjectShape, name: string): string | undefined {
  if (Object.hasOwn(shape, name)) return name;
  const folded = fold(name);
  return Object.keys(shape).find((member) => fold(member) === folded);
}

/** Whether a valid body has a member in another letter case somewhere, where unknown members are tolerated. */
export function hasOtherLetterCase(value: unknown, shape: Shape): boolean {
  if (typeof shape === 'string' || typeof value !== 'object' || value === null) return false;
  if (isReplaced(shape)) return hasOtherLetterCase(value, shape[1]);
  if (isList(shape)) return Array.isArray(value) && value.some((one) => hasOtherLetterCase(one, shape[0]));
  return Object.entries(value).some(([name, member]) => {
    const known = memberOf(shape, name);
    return known !== undefined && (known !== name || hasOtherLetterCase(member, shape[known] ?? '*'));
  });
}

/** Simple case folding, as far as it can lead to a letter of an English name. */
function fold(name: string): string {
  return name.replaceAll('\u017f', 's').toLowerCase();
}
