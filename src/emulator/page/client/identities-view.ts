import type { IdentityRow } from '../page-state.js';
import { h } from './dom.js';
import { openForm } from './form.js';
import { grouped, prettyJson } from './format.js';
import { ListView } from './list-view.js';
import { jsonOf } from './new-key.js';
import { block, button, code, facts, limits } from './parts.js';
import { change, deleteButton } from './record-actions.js';
import type { PageContext, View } from './view.js';

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
