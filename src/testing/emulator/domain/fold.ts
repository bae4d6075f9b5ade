/** Text as the database compares names: without letter case and accents. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Whether one of the texts contains what is searched for, folded; a blank search finds all. */
export function searchFor(search: string | undefined): (texts: readonly (string | undefined)[]) => boolean {
  const wanted = fold((search ?? '').trim());
  if (wanted === '') return () => true;
  return (texts) => texts.some((text) => text !== undefined && fold(text).includes(wanted));
}
