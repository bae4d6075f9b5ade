import { demand } from '../authentication/demand.js';
import { findIdentity } from './find-identity.js';
import { onIdentity } from './identity-demand.js';
import { identityData } from './key-data.js';
import { operation } from './operation.js';

export const getIdentity = operation('identities.getIdentity', (body, { workspace, rootKey }) => {
  const identity = findIdentity(body.identity, workspace);
  demand(rootKey, onIdentity('read_identity', identity.id));
  return { data: identityData(identity) };
});
