import type { Page } from '../store/sorted-list.js';
import type { Answer } from '../transport/envelope.js';

/** How many rows a page has unless the caller says. */
export const PAGE_SIZE = 100;

/** A page of a list as an answer. */
export function pageAnswer<Row>({ rows, cursor }: Page<Row>, show: (row: Row) => unknown): Answer {
  const pagination = cursor === undefined ? { hasMore: false } : { cursor, hasMore: true };
  return { data: rows.map(show), pagination };
}
