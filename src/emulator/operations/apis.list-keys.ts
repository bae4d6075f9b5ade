import { ApiError } from '../api-error.js';
import { onApi, permits } from '../authentication/demand.js';
import type { Api, Key } from '../store/records.js';
import type { Page } from '../store/sorted-list.js';
import type { Workspace } from '../store/workspace.js';
import { findApi } from './find-api.js';
import { keyData } from './key-data.js';
import { operation } from './operation.js';
import { PAGE_SIZE, pageAnswer } from './page-answer.js';

export const listKeys = operation('apis.listKeys', (body, context) => {
  const { workspace, rootKey } = context;
  const api = findApi(body.apiId, workspace);
  if (!permits(rootKey, toList(api))) throw new ApiError('apiNotFound', `There is no API '${body.apiId}'.`);
  if (body.decrypt) throw new ApiError('preconditionFailed', 'Keys cannot be decrypted: there is no vault.');
  const page = pageOf(api, workspace, body.limit ?? PAGE_SIZE, body.cursor, body.externalId);
  return pageAnswer(page, (key) => ({ ...keyData(key, context), ...deletedIdentity(key) }));
});

function toList(api: Api) {
  const keyspace = `keyspaces/${api.keyspaceId}`;
  const byUrn = [
    { resource: `${keyspace}/keys/*`, action: 'read_key' },
    { resource: keyspace, action: 'read_keyspace' },
  ];
  return { anyOf: [{ allOf: [onApi(api, 'read_key'), onApi(api, 'read_api')] }, { allOf: byUrn }] };
}

function pageOf(
  api: Api,
  { identities }: Workspace,
  limit: number,
  cursor: string | undefined,
  externalId: string | undefined,
): Page<Key> {
  if (externalId === undefined) return api.keys.page(limit, cursor);
  const identity = identities.byExternalId(externalId);
  return identity
    ? identity.keys.page(limit, cursor, (key) => key.api === api)
    : { rows: [], cursor: undefined };
}

/** Only `listKeys` still returns the deleted identity of a key, without its external id. */
function deletedIdentity({ identity }: Key): object {
  return identity?.deleted ? { identity: { externalId: '', id: identity.id } } : {};
}
