import { demand, onKey } from '../authentication/demand.js';
import { findKey } from './find-key.js';
import { rolesOf } from './key-data.js';
import { listedRoles } from './key-settings.js';
import { operation } from './operation.js';
import { roleData } from './role-data.js';

export const removeRoles = operation('keys.removeRoles', (body, context) => {
  const key = findKey(body.keyId, context);
  demand(context.rootKey, onKey(key, 'update_key'));
  const removed = new Set(listedRoles(context.workspace, body.roles));
  key.roles = rolesOf(key).filter((role) => !removed.has(role));
  context.workspace.keys.changed(key);
  return { data: key.roles.map(roleData) };
});
