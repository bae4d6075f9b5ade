import { demand, onKey } from '../authentication/demand.js';
import { findKey } from './find-key.js';
import { operation } from './operation.js';

export const deleteKey = operation('keys.deleteKey', (body, context) => {
  const key = findKey(body.keyId, context);
  demand(context.rootKey, onKey(key, 'delete_key'));
  context.workspace.keys.delete(key, body.permanent ?? false);
  return { data: {} };
});
