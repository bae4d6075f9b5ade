import { fold } from './fold.js';

/** Returns a test whether one of several texts contains the search text, without regard to letter case and accents. A
 * blank search matches everything. */
export function searchFor(search: string | undefined): (texts: readonly (string | undefined)[]) => boolean {
  const wanted = fold((search ?? '').trim());
  if (wanted === '') return () => true;
  return (texts) => texts.some((text) => text !== undefined && fold(text).includes(wanted));
}
