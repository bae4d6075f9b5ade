import { ApiError } from '../api-error.js';
import { demand } from '../authentication/demand.js';
import { toAttach } from './change-key-permissions.js';
import { findKey } from './find-key.js';
import { permissionsOf } from './key-data.js';
import { listedSlugs } from './key-settings.js';
import { operation } from './operation.js';
import { permissionData } from './role-data.js';

export const removePermissions = operation('keys.removePermissions', (body, context) => {
  const key = findKey(body.keyId, context);
  demand(context.rootKey, toAttach(key, 'rbac.*.remove_permission_from_key'));
  const slugs = listedSlugs(context.workspace, body.permissions);
  for (const slug of slugs) {
    if (context.workspace.permissions.bySlug(slug)?.slug === slug) continue;
    throw new ApiError('permissionNotFound', `There is no permission '${slug}'.`);
  }
  const removed = new Set(slugs);
  key.permissions = permissionsOf(key).filter(({ slug }) => !removed.has(slug));
  context.workspace.keys.changed(key);
  return { data: key.permissions.map(permissionData) };
});
