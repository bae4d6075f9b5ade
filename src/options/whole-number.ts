import * as v from 'valibot';

/** A whole number from `least` to what a timer of Node takes; `takes` says so to whoever gave another. */
export const wholeNumber = (least: number, takes: string) =>
  v.pipe(v.number(takes), v.integer(takes), v.minValue(least, takes), v.maxValue(2147483647, takes));
