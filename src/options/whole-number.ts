import * as v from 'valibot';

/** A whole number from `min` to the largest delay that a Node timer accepts. `expected` is the error message. */
export const wholeNumber = (min: number, expected: string) =>
  v.pipe(
    v.number(expected),
    v.integer(expected),
    v.minValue(min, expected),
    v.maxValue(2147483647, expected),
  );
