import { ApiError } from '../api-error.js';
import { demand, onKey } from '../authentication/demand.js';
import { findKey } from './find-key.js';
import { keyData } from './key-data.js';
import { operation } from './operation.js';

export const getKey = operation('keys.getKey', (body, context) => {
  const key = findKey(body.keyId, context);
  demand(context.rootKey, onKey(key, 'read_key'));
  if (body.decrypt) throw new ApiError('preconditionFailed', 'Keys cannot be decrypted: there is no vault.');
  return { data: keyData(key, context) };
});
