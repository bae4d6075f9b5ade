import { ApiError } from '../api-error.js';
import { demand } from '../authentication/demand.js';
import { demandMissing } from './change-key-permissions.js';
import { permissionsBySlug } from './key-settings.js';
import { operation } from './operation.js';

export const createRole = operation('permissions.createRole', (body, { workspace, rootKey }) => {
  const { name, description, permissions: slugs = [] } = body;
  demand(rootKey, 'rbac.*.create_role');
  if (slugs.length > 0) demand(rootKey, 'rbac.*.add_permission_to_role');
  demandMissing(workspace, rootKey, slugs, 'rbac.*.create_permission');
  if (workspace.roles.byName(name)) {
    throw new ApiError('roleAlreadyExists', `The role '${name}' already exists.`);
  }
  const role = workspace.roles.create(name, description, permissionsBySlug(workspace, slugs));
  return { data: { roleId: role.id } };
});
