import type { NamespaceRow, OverrideRow } from '../page-state.js';
import { type Child, h } from './dom.js';
import { openForm } from './form.js';
import { durationOf, grouped } from './format.js';
import { ListView } from './list-view.js';
import { button, code } from './parts.js';
import { change, deleteButton } from './record-actions.js';
import type { PageContext, View } from './view.js';

/** The namespaces of `ratelimit.limit` and their overrides. */
export function namespacesView(context: PageContext): View {
  return new ListView(
    {
      name: 'namespaces',
      title: 'Rate limits',
      lead: 'The namespaces of ratelimit.limit. An override replaces the limit for certain identifiers.',
      searchLabel: 'Search namespace or identifier',
      columns: [
        { title: 'Namespace', cell: ({ name }) => h('span', { class: 'name' }, name) },
        { title: 'Namespace ID', cell: ({ id }) => code(id) },
        { title: 'Overrides', cell: ({ overrideCount }) => grouped(overrideCount), numeric: true },
      ],
      idOf: ({ id }) => id,
      nameOf: ({ name }) => `Namespace ${name}`,
      details: (row) => details(row, context),
      empty: 'No namespaces yet. The first ratelimit.limit call with a new name creates one.',
    },
    context,
  );
}

function details({ id, name, overrides, overrideCount }: NamespaceRow, context: PageContext): Child {
  const more = overrideCount - overrides.length;
  return h(
    'div',
    { class: 'opened' },
    overrides.length > 0 &&
      h(
        'ul',
        { class: 'plain overrides', 'aria-label': `Overrides of ${name}` },
        ...overrides.map((override) => h('li', {}, ...overrideLine(override, id, context))),
      ),
    more > 0 && h('p', { class: 'hint' }, `And ${grouped(more)} more.`),
    h(
      'div',
      { class: 'row' },
      button('Set override', () => openOverride(id, name, context), { act: 'set' }),
    ),
  );
}

function overrideLine(
  { identifier, limit, duration }: OverrideRow,
  namespace: string,
  context: PageContext,
): Child[] {
  const remove = deleteButton(
    `Delete ${identifier}`,
    'The limit of the request applies again.',
    'ratelimit.deleteOverride',
    { namespace, identifier },
    context,
  );
  remove.textContent = 'Delete';
  remove.setAttribute('aria-label', `Delete the override of ${identifier}`);
  return [code(identifier), h('span', {}, `${grouped(limit)} per ${durationOf(duration)}`), remove];
}

function openOverride(namespace: string, name: string, context: PageContext): void {
  openForm({
    title: `Override in ${name}`,
    fields: [
      { name: 'identifier', label: 'Identifier', required: true, hint: '* matches any text.' },
      { name: 'limit', label: 'Limit', kind: 'number', value: '100', required: true },
      { name: 'duration', label: 'Duration in ms', kind: 'number', value: '60000', required: true },
    ],
    submit: 'Set override',
    send: ({ identifier, limit, duration }) =>
      change(
        'ratelimit.setOverride',
        { namespace, identifier, limit: Number(limit), duration: Number(duration) },
        context,
      ),
  });
}
