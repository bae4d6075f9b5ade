import { demand } from '../authentication/demand.js';
import { findIdentity } from './find-identity.js';
import { onIdentity } from './identity-demand.js';
import { operation } from './operation.js';

export const deleteIdentity = operation('identities.deleteIdentity', (body, { workspace, rootKey }) => {
  demand(rootKey, onIdentity('delete_identity'));
  workspace.identities.delete(findIdentity(body.identity, workspace));
  // This is the only success response without `data`.
  return {};
});
