import type { ApiRow, IdentityRow, PermissionRow, RoleRow } from '../page-state.js';
import { type Child, h } from './dom.js';
import { openConfirmation, openForm } from './form.js';
import { grouped, partsOf, prettyJson } from './format.js';
import { ListView } from './list-view.js';
import { jsonOf } from './new-key.js';
import { block, button, code, copyButton, facts, limits, tags } from './parts.js';
import { runOperation } from './server.js';
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

/** The identities of the workspace. */
export function identitiesView(context: PageContext): View {
  const create = (): void =>
    openForm({
      title: 'New identity',
      fields: [
        {
          name: 'externalId',
          label: 'External ID',
          required: true,
          hint: 'Your own ID of the user or team.',
        },
        { name: 'meta', label: 'Meta', kind: 'area', hint: 'A JSON object.' },
      ],
      submit: 'Create identity',
      send: ({ externalId, meta }) =>
        change('identities.createIdentity', { externalId, ...(meta && { meta: jsonOf(meta) }) }, context),
    });
  return new ListView(
    {
      name: 'identities',
      title: 'Identities',
      lead: 'The users or teams that keys belong to.',
      searchLabel: 'Search external ID or ID',
      columns: [
        { title: 'External ID', cell: ({ externalId }) => h('span', { class: 'name' }, externalId) },
        { title: 'Identity ID', cell: ({ id }) => code(id) },
        { title: 'Keys', cell: ({ keys }) => grouped(keys), numeric: true },
      ],
      idOf: ({ id }) => id,
      nameOf: ({ externalId }) => `Identity ${externalId}`,
      details: ({ id, externalId, ratelimits, meta }: IdentityRow) =>
        h(
          'div',
          { class: 'opened' },
          facts([['Limits', limits(ratelimits) ?? 'none']]),
          meta !== undefined && block('Meta', prettyJson(meta)),
          h(
            'div',
            { class: 'row' },
            deleteButton(
              'Delete identity',
              `The keys of ${externalId} remain, without an identity.`,
              'identities.deleteIdentity',
              { identity: id },
              context,
            ),
          ),
        ),
      tools: [button('New identity', create, { kind: 'primary' })],
      empty: 'No identities yet. A key with an external ID creates one.',
    },
    context,
  );
}

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

/** Runs an operation and shows what it changed. */
export async function change(operation: string, body: object, context: PageContext): Promise<void> {
  await runOperation(operation, body);
  context.refresh();
}

/** An open row: facts, then buttons. */
export function opened(pairs: Parameters<typeof facts>[0], ...actions: readonly Child[]): HTMLElement {
  return h('div', { class: 'opened' }, facts(pairs), h('div', { class: 'row' }, ...actions));
}

/** A button that deletes after a confirmation. */
export function deleteButton(
  label: string,
  lead: string,
  operation: string,
  body: object,
  context: PageContext,
): HTMLElement {
  const ask = (): void => openConfirmation(label, lead, label, () => change(operation, body, context));
  return button(label, ask, { kind: 'quiet bad', act: label });
}
