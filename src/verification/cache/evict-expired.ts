import type { LRUCache } from 'lru-cache';

const MAX_CHECKED = 100;

/**
 * Deletes expired entries, starting with the least recently used one, until it finds an entry that has not expired.
 * Called whenever an entry is added, instead of a timer for each entry.
 */
export function evictExpired<Entry extends object>(
  cache: LRUCache<string, Entry>,
  isExpired: (entry: Entry) => boolean,
): void {
  for (let n = 0; n < MAX_CHECKED; n++) {
    const oldest = cache.rkeys().next();
    const entry = oldest.done === true ? undefined : cache.peek(oldest.value);
    if (entry === undefined || oldest.done === true || !isExpired(entry)) return;
    cache.delete(oldest.value);
  }
}
