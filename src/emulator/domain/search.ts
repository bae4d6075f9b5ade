import { fold } from './fold.js';

/** Whether one of the texts contains what is searched for, folded; a blank search finds all. */
export function searchFor(search: string | undefined): (texts: readonly (string | undefined)[]) => boolean {
  const wanted = fold((search ?? '').trim());
  if (wanted === '') return () => true;
  return (texts) => texts.some((text) => text !== undefined && fold(text).includes(wanted));
}
