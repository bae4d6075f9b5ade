import { ApiError } from '../api-error.js';
import { demand } from '../authentication/demand.js';
import { onIdentity } from './identity-demand.js';
import { identityMeta, namedRatelimits } from './key-settings.js';
import { operation } from './operation.js';

export const createIdentity = operation('identities.createIdentity', (body, { workspace, rootKey }) => {
  demand(rootKey, onIdentity('create_identity'));
  const meta = identityMeta(body.meta);
  if (workspace.identities.byExternalId(body.externalId)) {
    throw new ApiError('identityAlreadyExists', `The identity '${body.externalId}' already exists.`);
  }
  const ratelimits = namedRatelimits(workspace, body.ratelimits);
  const identity = workspace.identities.create(body.externalId, meta, ratelimits);
  return { data: { identityId: identity.id } };
});
