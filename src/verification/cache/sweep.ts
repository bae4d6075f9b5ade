import type { LRUCache } from 'lru-cache';

/** So many of the oldest entries are looked at when one comes. */
const MOST = 100;

/** Removes what is over from the end that was not used for longest. Instead of a timer for each entry. */
export function sweep<Entry extends object>(
  space: LRUCache<string, Entry>,
  isOver: (entry: Entry) => boolean,
): void {
  for (let n = 0; n < MOST; n++) {
    const oldest = space.rkeys().next();
    const entry = oldest.done === true ? undefined : space.peek(oldest.value);
    if (entry === undefined || oldest.done === true || !isOver(entry)) return;
    space.delete(oldest.value);
  }
}
