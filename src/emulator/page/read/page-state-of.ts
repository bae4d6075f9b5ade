import type { FaultPlan, Planned } from '../../faults/fault-plan.js';
import type { PageParts } from '../page-parts.js';
import type { FaultRow, ListName, ListPage, Overview, PageState, Rows } from '../page-state.js';
import { faultText } from './fault-text.js';
import { type ListQuery, LISTS } from './lists.js';

/** How many APIs the form for a new key offers. */
const OFFERED_APIS = 200;

/** The state that the page shows: the overview and one page of a list. */
export function pageState(params: URLSearchParams, parts: PageParts): PageState {
  const name = params.get('list') ?? '';
  const list = isListName(name) ? listOf(name, queryOf(params), parts) : undefined;
  return { overview: overviewOf(parts), ...(list && { list }) };
}

function listOf(name: ListName, query: ListQuery, parts: PageParts): ListPage<Rows[ListName]> {
  return LISTS[name](query, parts);
}

function isListName(name: string): name is ListName {
  return Object.hasOwn(LISTS, name);
}

function queryOf(params: URLSearchParams): ListQuery {
  const whole = (name: string): number | undefined => {
    const text = params.get(name) ?? '';
    return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  };
  return {
    search: params.get('search') ?? '',
    offset: whole('offset') ?? 0,
    apiId: params.get('api') ?? '',
    rejected: params.get('rejected') === 'true',
    newest: whole('newest'),
  };
}

function overviewOf({ emulator, calls }: PageParts): Overview {
  const { workspace, clock, faults, rootKey } = emulator;
  const { apis, keys, identities, roles, permissions, namespaces, rootKeys } = workspace;
  const liveApis = [...apis.all()].filter(({ deleted }) => !deleted);
  return {
    rootKey,
    clock: { now: clock.now(), frozen: clock.frozen },
    faults: faultRows(faults),
    counts: {
      calls: calls.kept.length,
      keys: count(keys.all(), ({ api }) => !api.deleted),
      apis: liveApis.length,
      identities: count(identities.all()),
      roles: count(roles.all()),
      permissions: count(permissions.all()),
      namespaces: count(namespaces.all()),
      'root-keys': count(rootKeys.all()),
    },
    apis: liveApis.slice(0, OFFERED_APIS).map(({ id, name }) => ({ id, name })),
  };
}

function faultRows({ planned }: FaultPlan): FaultRow[] {
  return planned.map(({ id, fault, operation, left }: Planned) => ({
    id,
    fault: faultText(fault),
    operation,
    left: left === Infinity ? undefined : left,
  }));
}

function count<Item>(items: Iterable<Item>, counts: (item: Item) => boolean = () => true): number {
  let number = 0;
  for (const item of items) if (counts(item)) number++;
  return number;
}
