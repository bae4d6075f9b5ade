import { property } from '../property.js';
import { headerValues } from './header-values.js';

/**
 * Returns every value of a header that identifies the caller. `rawHeaders` has repeated headers separately, and
 * `headers` is what a middleware of the app changes: a header that it removed counts as not sent, and one that it
 * changed makes the values differ.
 */
export function httpHeader(request: unknown, name: string): string[] {
  const current = property(property(request, 'headers'), name);
  if (current === undefined) return [];
  const values = headerValues(request, name);
  return values.length === 1 && typeof current === 'string' ? [...values, current] : values;
}
