import { ApiError } from '../api-error.js';
import { type Demand, onApi, permits } from '../authentication/demand.js';
import type { Api } from '../store/records.js';
import { issueKey } from './key-material.js';
import { makeKey } from './make-key.js';
import { operation } from './operation.js';

export const createKey = operation('keys.createKey', (body, { workspace, rootKey, now }) => {
  // Deleted APIs are included: the server creates keys in them, which never verify.
  const api = workspace.apis.find(body.apiId);
  if (!api || !permits(rootKey, toCreate(api))) {
    throw new ApiError(
      'apiNotFound',
      `There is no API '${body.apiId}' in which this root key may create keys.`,
    );
  }
  if (body.recoverable)
    throw new ApiError('preconditionFailed', 'Recoverable keys need a vault; there is none.');
  const material = issueKey(
    workspace.random,
    body.prefix ?? api.defaultPrefix,
    body.byteLength ?? api.defaultBytes,
  );
  const { id } = makeKey(body, api, material, workspace, now);
  return { data: { key: material.key, keyId: id } };
});

function toCreate(api: Api): Demand {
  const keyspace = { resource: `keyspaces/${api.keyspaceId}`, action: 'create_key' };
  return { anyOf: [onApi(api, 'create_key'), keyspace] };
}
