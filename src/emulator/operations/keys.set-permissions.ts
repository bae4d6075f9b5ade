import { demand } from '../authentication/demand.js';
import { demandMissing, toAttach } from './change-key-permissions.js';
import { findKey } from './find-key.js';
import { listedSlugs, permissionsBySlug, refuseSlugVariants } from './key-settings.js';
import { operation } from './operation.js';
import { permissionData } from './role-data.js';

export const setPermissions = operation('keys.setPermissions', (body, context) => {
  const { workspace, rootKey } = context;
  const key = findKey(body.keyId, context);
  demand(rootKey, toAttach(key, 'rbac.*.add_permission_to_key', 'rbac.*.remove_permission_from_key'));
  const slugs = listedSlugs(workspace, body.permissions);
  refuseSlugVariants(workspace, slugs);
  demandMissing(workspace, rootKey, slugs);
  key.permissions = permissionsBySlug(workspace, slugs);
  context.workspace.keys.changed(key);
  return { data: key.permissions.map(permissionData) };
});
