import type { Page } from '../store/sorted-list.js';
import type { Answer } from '../transport/envelope.js';

/** The default number of rows in a page. */
export const PAGE_SIZE = 100;

/** The response for a page of a list. */
export function pageAnswer<Row>({ rows, cursor }: Page<Row>, show: (row: Row) => unknown): Answer {
  const pagination = cursor === undefined ? { hasMore: false } : { cursor, hasMore: true };
  return { data: rows.map(show), pagination };
}
