import type { RoleRow } from '../page-state.js';
import { h } from './dom.js';
import { openForm } from './form.js';
import { partsOf } from './format.js';
import { ListView } from './list-view.js';
import { button, code, tags } from './parts.js';
import { change, deleteButton, opened } from './record-actions.js';
import type { PageContext, View } from './view.js';

/** The roles of the workspace. */
export function rolesView(context: PageContext): View {
  const create = (): void =>
    openForm({
      title: 'New role',
      fields: [
        { name: 'name', label: 'Name', required: true },
        { name: 'description', label: 'Description' },
        {
          name: 'permissions',
          label: 'Permissions',
          hint: 'Separated by commas. Those that do not exist are created.',
        },
      ],
      submit: 'Create role',
      send: ({ name, description, permissions = '' }) =>
        change(
          'permissions.createRole',
          { name, ...(description && { description }), permissions: partsOf(permissions) },
          context,
        ),
    });
  return new ListView(
    {
      name: 'roles',
      title: 'Roles',
      lead: 'A role is a named list of permissions.',
      searchLabel: 'Search role or permission',
      columns: [
        { title: 'Role', cell: ({ name }) => h('span', { class: 'name' }, name) },
        { title: 'Permissions', cell: ({ permissions }) => tags(permissions) },
      ],
      idOf: ({ id }) => id,
      nameOf: ({ name }) => `Role ${name}`,
      details: ({ id, name, description }: RoleRow) =>
        opened(
          [
            ['Role ID', code(id)],
            ['Description', description],
          ],
          deleteButton(
            'Delete role',
            `Keys with ${name} lose its permissions.`,
            'permissions.deleteRole',
            { role: id },
            context,
          ),
        ),
      tools: [button('New role', create, { kind: 'primary' })],
      empty: 'No roles yet.',
    },
    context,
  );
}
