import { ApiError } from '../api-error.js';
import { demand } from '../authentication/demand.js';
import { demandMissing } from './change-key-permissions.js';
import { permissionsBySlug } from './key-settings.js';
import { operation } from './operation.js';
import { permissionData } from './role-data.js';

export const setRolePermissions = operation(
  'permissions.setRolePermissions',
  ({ roleId, permissions: slugs }, { workspace, rootKey }) => {
    demand(rootKey, { allOf: ['rbac.*.add_permission_to_role', 'rbac.*.remove_permission_from_role'] });
    const role = workspace.roles.byId(roleId);
    if (!role) throw new ApiError('roleNotFound', `There is no role with the id '${roleId}'.`);
    demandMissing(workspace, rootKey, slugs);
    role.permissions = permissionsBySlug(workspace, slugs);
    workspace.roles.changed(role);
    const sorted = role.permissions.toSorted((a, b) => (a.slug < b.slug ? -1 : 1));
    return { data: sorted.map(permissionData) };
  },
);
