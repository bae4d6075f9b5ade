import type { ApiRow } from '../page-state.js';
import { h } from './dom.js';
import { openForm } from './form.js';
import { grouped } from './format.js';
import { ListView } from './list-view.js';
import { button, code, copyButton, tags } from './parts.js';
import { change, deleteButton, opened } from './record-actions.js';
import type { PageContext, View } from './view.js';

/** The APIs of the workspace. */
export function apisView(context: PageContext): View {
  const create = (): void =>
    openForm({
      title: 'New API',
      fields: [{ name: 'name', label: 'Name', required: true, hint: 'At least 3 characters.' }],
      submit: 'Create API',
      send: ({ name }) => change('apis.createApi', { name }, context),
    });
  return new ListView(
    {
      name: 'apis',
      title: 'APIs',
      lead: 'An API holds keys. A root key can be limited to one API.',
      searchLabel: 'Search name or ID',
      columns: [
        { title: 'Name', cell: ({ name }) => h('span', { class: 'name' }, name) },
        { title: 'API ID', cell: ({ id }) => code(id) },
        { title: 'Keys', cell: ({ keys }) => grouped(keys), numeric: true },
      ],
      idOf: ({ id }) => id,
      nameOf: ({ name }) => `API ${name}`,
      details: (row: ApiRow) =>
        opened(
          [
            ['Keyspace ID', code(row.keyspaceId)],
            ['Delete protection', row.deleteProtection ? 'on' : 'off'],
            ['Allowed addresses', tags(row.ipWhitelist, 'all')],
          ],
          copyButton('Copy API ID', () => row.id),
          deleteButton(
            'Delete API',
            `All keys of ${row.name} stop working at once.`,
            'apis.deleteApi',
            { apiId: row.id },
            context,
          ),
        ),
      tools: [button('New API', create, { kind: 'primary' })],
      empty: 'No APIs yet.',
    },
    context,
  );
}
