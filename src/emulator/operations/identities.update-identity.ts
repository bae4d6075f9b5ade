import type { RatelimitRequest } from '@unkey/api/models/components';
import { ApiError } from '../api-error.js';
import { demand } from '../authentication/demand.js';
import { storedMeta } from '../domain/meta.js';
import { findIdentity } from './find-identity.js';
import { onIdentity } from './identity-demand.js';
import { identityData } from './key-data.js';
import { identityMeta, namedRatelimits } from './key-settings.js';
import { operation } from './operation.js';

export const updateIdentity = operation('identities.updateIdentity', (body, { workspace, rootKey }) => {
  demand(rootKey, onIdentity('update_identity'));
  refuseRepeatedNames(body.ratelimits);
  const meta = identityMeta(body.meta);
  const identity = findIdentity(body.identity, workspace);
  if (body.meta) identity.meta = meta;
  if (body.ratelimits) identity.ratelimits = namedRatelimits(workspace, body.ratelimits, identity.ratelimits);
  workspace.identities.changed(identity);
  // The response repeats the metadata of the request, in which `-0` is not yet stored as `0`. Metadata that is not in the
  // request is left out.
  const echo = body.meta && storedMeta(body.meta, true).meta;
  return { data: { ...identityData(identity), meta: echo } };
});

function refuseRepeatedNames(ratelimits: readonly RatelimitRequest[] = []): void {
  const names = new Set<string>();
  for (const { name } of ratelimits) {
    if (names.has(name)) throw new ApiError('invalidInput', `The ratelimit '${name}' is listed twice.`);
    names.add(name);
  }
}
