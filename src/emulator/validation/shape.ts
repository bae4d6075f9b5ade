/**
 * How a valid value is read: `i` an integer, `l` a 64-bit integer kept exactly, `s` text, `b` a boolean,
 * `*` any object; `[shape]` a list; an object's members by name. A member given twice adds to what it was before;
 * with `['=', shape]` it replaces it.
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
