import type { CallRow, ListPage } from '../page-state.js';
import type { PageCall } from '../page-calls.js';
import type { PageParts } from '../page-parts.js';
import { callRow } from './call-row.js';
import { listPage, matching } from './list-page.js';

interface CallQuery {
  readonly search: string;
  readonly offset: number;
  readonly rejected: boolean;
  readonly newest: number | undefined;
}

/** One page of the latest calls. */
export function callPage(query: CallQuery, { calls, emulator }: PageParts): ListPage<CallRow> {
  const { search, offset, rejected, newest = Infinity } = query;
  const row = (call: PageCall): CallRow => callRow(call, emulator.workspace);
  const kept = calls.kept.filter(({ id }) => id <= newest);
  const latest = calls.kept.at(-1)?.id ?? 0;
  const page =
    search === '' && !rejected
      ? listPage(kept, offset, row)
      : listPage(
          matching(kept.map(row), search, textsOf).filter(({ tone }) => !rejected || tone !== 'ok'),
          offset,
          (one) => one,
        );
  calls.list(page.rows.map(({ id }) => calls.find(id)).filter((call) => call !== undefined));
  return { ...page, newest: latest };
}

function textsOf({ operation, status, code, subject, reason }: CallRow): string[] {
  return [operation, String(status ?? ''), code, subject, reason];
}
