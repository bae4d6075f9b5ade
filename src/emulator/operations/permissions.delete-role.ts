import { demand } from '../authentication/demand.js';
import { findRole } from './find-role.js';
import { operation } from './operation.js';

export const deleteRole = operation('permissions.deleteRole', (body, { workspace, rootKey }) => {
  demand(rootKey, 'rbac.*.delete_role');
  workspace.roles.delete(findRole(body.role, workspace));
  return { data: {} };
});
