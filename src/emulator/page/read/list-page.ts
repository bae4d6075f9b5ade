import type { ListPage } from '../page-state.js';

/** The maximum number of rows in a page. */
export const SIZE = 50;

/** One page of rows, newest first. Only the rows of that page are made. */
export function listPage<Item, Row>(
  oldestFirst: readonly Item[],
  offset: number,
  show: (item: Item) => Row,
): ListPage<Row> {
  const total = oldestFirst.length;
  // Rows may have been deleted since the page was chosen.
  const start = Math.min(offset, Math.max(0, Math.ceil(total / SIZE) - 1) * SIZE);
  const rows: Row[] = [];
  for (let i = total - 1 - start; i >= 0 && rows.length < SIZE; i--) {
    const item = oldestFirst[i];
    if (item !== undefined) rows.push(show(item));
  }
  return { rows, total, offset: start, size: SIZE };
}

/** The items that match a search, in order. */
export function matching<Item>(
  items: Iterable<Item>,
  search: string,
  texts: (item: Item) => readonly (string | undefined)[],
): Item[] {
  const wanted = search.trim().toLowerCase();
  if (wanted === '') return [...items];
  const found: Item[] = [];
  for (const item of items) {
    if (texts(item).some((text) => text?.toLowerCase().includes(wanted))) found.push(item);
  }
  return found;
}

const MAX_ITEMS = 100;
const MAX_JSON = 4000;

/** The first items of a list, so that a row has a bounded size. */
export function firstOf<Item>(items: readonly Item[]): readonly Item[] {
  return items.length > MAX_ITEMS ? items.slice(0, MAX_ITEMS) : items;
}

/** The beginning of a JSON text. */
export function beginning(json: string): string {
  return json.length > MAX_JSON ? `${json.slice(0, MAX_JSON)}…` : json;
}
