/**
 * How a valid value is decoded: `i` an integer, `l` an exact 64-bit integer, `s` a string, `b` a boolean, `*` any object;
 * `[shape]` a list; an object's members by name. A repeated member is merged into the earlier one; with `['=', shape]`
 * it replaces the earlier one.
 */
export type Shape = string | ListShape | ReplacedShape | ObjectShape;
export type ListShape = readonly [Shape];
export type ReplacedShape = readonly ['=', Shape];
export type ObjectShape = { readonly [member: string]: Shape };

export function isReplaced(shape: Exclude<Shape, string>): shape is ReplacedShape {
  return Array.isArray(shape) && shape[0] === '=';
}

export function isList(shape: Exclude<Shape, string | ReplacedShape>): shape is ListShape {
  return Array.isArray(shape);
}
