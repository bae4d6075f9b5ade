import type { PermissionRow } from '../page-state.js';
import { openForm } from './form.js';
import { ListView } from './list-view.js';
import { button, code } from './parts.js';
import { change, deleteButton, opened } from './record-actions.js';
import type { PageContext, View } from './view.js';

/** The permissions of the workspace. */
export function permissionsView(context: PageContext): View {
  const create = (): void =>
    openForm({
      title: 'New permission',
      fields: [
        {
          name: 'slug',
          label: 'Slug',
          required: true,
          hint: 'What keys and roles list, for example documents.read.',
        },
        { name: 'name', label: 'Name', hint: 'Empty: the slug.' },
        { name: 'description', label: 'Description' },
      ],
      submit: 'Create permission',
      send: ({ slug, name, description }) =>
        change(
          'permissions.createPermission',
          { slug, name: name || slug, ...(description && { description }) },
          context,
        ),
    });
  return new ListView(
    {
      name: 'permissions',
      title: 'Permissions',
      lead: 'What keys and roles can list.',
      searchLabel: 'Search slug or name',
      columns: [
        { title: 'Slug', cell: ({ slug }) => code(slug) },
        { title: 'Name', cell: ({ name, slug }) => (name === slug ? undefined : name) },
      ],
      idOf: ({ id }) => id,
      nameOf: ({ slug }) => `Permission ${slug}`,
      details: ({ id, slug, description }: PermissionRow) =>
        opened(
          [
            ['Permission ID', code(id)],
            ['Description', description],
          ],
          deleteButton(
            'Delete permission',
            `All keys and roles lose ${slug}.`,
            'permissions.deletePermission',
            { permission: id },
            context,
          ),
        ),
      tools: [button('New permission', create, { kind: 'primary' })],
      empty: 'No permissions yet. A key or a role that lists one creates it.',
    },
    context,
  );
}
