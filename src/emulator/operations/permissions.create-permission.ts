import { ApiError } from '../api-error.js';
import { demand } from '../authentication/demand.js';
import { operation } from './operation.js';

export const createPermission = operation('permissions.createPermission', (body, { workspace, rootKey }) => {
  demand(rootKey, 'rbac.*.create_permission');
  if (workspace.permissions.bySlug(body.slug)) {
    throw new ApiError('permissionAlreadyExists', `The permission '${body.slug}' already exists.`);
  }
  const { id } = workspace.permissions.create(body.slug, body.name, body.description);
  return { data: { permissionId: id } };
});
