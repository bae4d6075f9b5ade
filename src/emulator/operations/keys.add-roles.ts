import { demand } from '../authentication/demand.js';
import { toAttach } from './change-key-permissions.js';
import { findKey } from './find-key.js';
import { rolesOf } from './key-data.js';
import { listedRoles } from './key-settings.js';
import { operation } from './operation.js';
import { roleData } from './role-data.js';

export const addRoles = operation('keys.addRoles', (body, context) => {
  const key = findKey(body.keyId, context);
  demand(context.rootKey, toAttach(key, 'rbac.*.add_role_to_key'));
  key.roles = [...new Set([...rolesOf(key), ...listedRoles(context.workspace, body.roles)])];
  context.workspace.keys.changed(key);
  return { data: key.roles.map(roleData) };
});
