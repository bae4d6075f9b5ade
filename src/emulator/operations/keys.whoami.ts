import { ApiError } from '../api-error.js';
import { describeDemand, onKey, permits } from '../authentication/demand.js';
import { keyData } from './key-data.js';
import { operation } from './operation.js';

export const whoami = operation('keys.whoami', (body, context) => {
  const { workspace, rootKey } = context;
  const key = workspace.keys.byPlaintext(body.key);
  if (!key || key.api.deleted) throw new ApiError('keyNotFound', 'There is no such key.');
  const wanted = onKey(key, 'read_key');
  if (!permits(rootKey, wanted))
    throw new ApiError('keyNotFound', `There is no such key. ${describeDemand(wanted)}`);
  return { data: keyData(key, context) };
});
