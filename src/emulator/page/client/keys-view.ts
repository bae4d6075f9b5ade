import type { KeyRow } from '../page-state.js';
import { type Child, fill, h } from './dom.js';
import { openConfirmation, openForm } from './form.js';
import { dateOf, grouped, prettyJson } from './format.js';
import { ListView } from './list-view.js';
import { attempt } from './notice.js';
import { openNewKey } from './new-key.js';
import { badge, block, button, code, copyButton, facts, limits, tags } from './parts.js';
import { runOperation } from './server.js';
import type { PageContext, View } from './view.js';

/** The keys of all APIs. */
export function keysView(context: PageContext): View {
  const filter = h('select', { 'aria-label': 'API', change: () => view.restart() });
  const view = new ListView(
    {
      name: 'keys',
      title: 'Keys',
      lead: 'Every key of this workspace. Paste a whole key into the search box to find it.',
      searchLabel: 'Search name, key, identity or permission',
      columns: [
        { title: 'Key', cell: name },
        { title: 'State', cell: state },
        { title: 'API', cell: ({ apiName }) => apiName },
        { title: 'Identity', cell: ({ identity }) => identity },
        { title: 'Credits', cell: credits, numeric: true },
        { title: 'Expires', cell: ({ expires }) => (expires === undefined ? 'never' : dateOf(expires)) },
      ],
      idOf: ({ id }) => id,
      nameOf: (row) => `Key ${row.name ?? row.start}`,
      details: (row) => details(row, context),
      tools: [filter, button('New key', () => openNewKey(context), { kind: 'primary' })],
      filters: () => ({ api: filter.value }),
      empty: 'No keys yet. Create one to try.',
      shown: ({ overview: { apis } }) => {
        const chosen = filter.value;
        fill(filter, apis, () => [
          h('option', { value: '' }, 'All APIs'),
          ...apis.map(({ id, name: text }) => h('option', { value: id }, text)),
        ]);
        if (apis.some(({ id }) => id === chosen)) filter.value = chosen;
      },
    },
    context,
  );
  return view;
}

function name({ name: text, start }: KeyRow): Child {
  const shown = h('code', { class: text === undefined ? undefined : 'muted' }, `${start}…`);
  return h('div', { class: 'stack' }, text !== undefined && h('span', { class: 'name' }, text), shown);
}

function state({ state: text }: KeyRow): Child {
  return badge(text, text === 'active' ? 'ok' : text === 'disabled' ? 'neutral' : 'rejected');
}

function credits({ credits: digits }: KeyRow): Child {
  return digits === null ? h('span', { class: 'muted' }, 'unlimited') : grouped(digits);
}

function details(row: KeyRow, context: PageContext): Child {
  const { id, apiId, createdAt, refill, roles, permissions, ratelimits, meta } = row;
  return h(
    'div',
    { class: 'opened' },
    facts([
      ['Key ID', code(id)],
      ['API ID', code(apiId)],
      ['Created', dateOf(createdAt)],
      ['Refill', refill],
      ['Roles', tags(roles)],
      ['Permissions', tags(permissions)],
      ['Limits', limits(ratelimits)],
    ]),
    meta !== undefined && block('Meta', prettyJson(meta)),
    h('div', { class: 'row' }, ...actions(row, context)),
  );
}

function actions(
  { id, enabled, name: text, start, credits: digits }: KeyRow,
  context: PageContext,
): HTMLElement[] {
  const label = text ?? `${start}…`;
  const update = async (operation: string, body: object, done: string): Promise<void> => {
    if (await attempt(() => runOperation(operation, { keyId: id, ...body }), done)) context.refresh();
  };
  const remove = async (): Promise<void> => {
    await runOperation('keys.deleteKey', { keyId: id });
    context.refresh();
  };
  return [
    enabled
      ? button('Disable', () => void update('keys.updateKey', { enabled: false }, `${label} is disabled.`), {
          act: 'switch',
        })
      : button('Enable', () => void update('keys.updateKey', { enabled: true }, `${label} is enabled.`), {
          act: 'switch',
        }),
    button('Set credits', () => openCredits(id, label, digits, context), { act: 'credits' }),
    copyButton('Copy key ID', () => id),
    button(
      'Delete',
      () => openConfirmation('Delete key', `${label} stops working at once.`, 'Delete key', remove),
      { kind: 'quiet bad', act: 'delete' },
    ),
  ];
}

function openCredits(keyId: string, label: string, digits: string | null, context: PageContext): void {
  openForm({
    title: `Credits of ${label}`,
    fields: [
      { name: 'credits', label: 'Credits', kind: 'number', value: digits ?? '', hint: 'Empty: unlimited.' },
    ],
    submit: 'Set credits',
    async send({ credits: typed = '' }) {
      const value = typed === '' ? null : Number(typed);
      await runOperation('keys.updateCredits', { keyId, operation: 'set', value });
      context.refresh();
    },
  });
}
