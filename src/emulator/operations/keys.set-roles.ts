import { demand, onKey } from '../authentication/demand.js';
import { findKey } from './find-key.js';
import { listedRoles } from './key-settings.js';
import { operation } from './operation.js';
import { roleData } from './role-data.js';

export const setRoles = operation('keys.setRoles', (body, context) => {
  const key = findKey(body.keyId, context);
  demand(context.rootKey, onKey(key, 'update_key'));
  key.roles = listedRoles(context.workspace, body.roles);
  context.workspace.keys.changed(key);
  return { data: key.roles.map(roleData) };
});
