import { demand } from '../authentication/demand.js';
import { findRole } from './find-role.js';
import { operation } from './operation.js';
import { roleData } from './role-data.js';

export const getRole = operation('permissions.getRole', (body, { workspace, rootKey }) => {
  demand(rootKey, 'rbac.*.read_role');
  return { data: roleData(findRole(body.role, workspace)) };
});
