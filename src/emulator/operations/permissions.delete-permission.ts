import { demand } from '../authentication/demand.js';
import { findPermission } from './find-permission.js';
import { operation } from './operation.js';

export const deletePermission = operation('permissions.deletePermission', (body, { workspace, rootKey }) => {
  demand(rootKey, 'rbac.*.delete_permission');
  workspace.permissions.delete(findPermission(body.permission, workspace));
  return { data: {} };
});
