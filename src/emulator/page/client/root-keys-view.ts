import type { RootKeyRow } from '../page-state.js';
import { type Child, h } from './dom.js';
import { openForm } from './form.js';
import { dateOf, partsOf } from './format.js';
import { ListView } from './list-view.js';
import { badge, button, code, copyButton, facts, tags } from './parts.js';
import { control } from './server.js';
import type { PageContext, View } from './view.js';

/** The root keys of the workspace. */
export function rootKeysView(context: PageContext): View {
  return new ListView(
    {
      name: 'root-keys',
      title: 'Root keys',
      lead: 'Your server sends a root key to Unkey. Create one with few permissions to see how your app behaves with it.',
      searchLabel: 'Search name or permission',
      columns: [
        { title: 'Root key', cell: name },
        { title: 'State', cell: ({ state }) => badge(state, state === 'active' ? 'ok' : 'neutral') },
        {
          title: 'Permissions',
          cell: ({ permissions }) => (permissions ? tags(permissions, 'nothing') : 'everything'),
        },
      ],
      idOf: ({ id }) => id,
      nameOf: (row) => `Root key ${row.name ?? row.start}`,
      details: (row) => details(row, context),
      tools: [button('New root key', () => openNewRootKey(context), { kind: 'primary' })],
      empty: 'No root key matches.',
    },
    context,
  );
}

function name({ name: text, start, ofStart }: RootKeyRow): Child {
  const title = text ?? (ofStart ? 'The root key of this emulator' : undefined);
  return h(
    'div',
    { class: 'stack' },
    title !== undefined && h('span', { class: 'name' }, title),
    code(start),
  );
}

function details({ ofStart, expires }: RootKeyRow, context: PageContext): Child {
  const copy = ofStart && copyButton('Copy root key', () => context.state()?.overview.rootKey ?? '');
  const once =
    !ofStart && h('p', { class: 'hint' }, 'The whole root key was shown once, when it was created.');
  return h(
    'div',
    { class: 'opened' },
    facts([['Expires', expires === undefined ? 'never' : dateOf(expires)]]),
    h('div', { class: 'row' }, copy, once),
  );
}

function openNewRootKey(context: PageContext): void {
  openForm({
    title: 'New root key',
    fields: [
      { name: 'name', label: 'Name' },
      {
        name: 'permissions',
        label: 'Permissions',
        kind: 'area',
        value: 'api.*.verify_key',
        hint: 'One in each line, for example api.*.verify_key. Empty: everything.',
      },
    ],
    submit: 'Create root key',
    async send({ name: text, permissions = '' }) {
      const list = partsOf(permissions);
      const { rootKey } = await control('root-keys', {
        ...(text && { name: text }),
        ...(list.length > 0 && { permissions: list }),
      });
      context.reveal({
        title: 'Your new root key. Copy it now: it is shown only once.',
        text: String(rootKey),
      });
      context.refresh();
    },
  });
}
