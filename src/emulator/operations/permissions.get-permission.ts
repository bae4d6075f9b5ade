import { demand } from '../authentication/demand.js';
import { findPermission } from './find-permission.js';
import { operation } from './operation.js';
import { permissionData } from './role-data.js';

export const getPermission = operation('permissions.getPermission', (body, { workspace, rootKey }) => {
  demand(rootKey, 'rbac.*.read_permission');
  return { data: permissionData(findPermission(body.permission, workspace)) };
});
