import { ApiError } from '../api-error.js';
import { demand, onApi } from '../authentication/demand.js';
import { findApi } from './find-api.js';
import { operation } from './operation.js';

export const deleteApi = operation('apis.deleteApi', ({ apiId }, { workspace, rootKey }) => {
  demand(rootKey, onApi({ id: apiId }, 'delete_api'));
  const api = findApi(apiId, workspace);
  if (api.deleteProtection) throw new ApiError('protectedResource', 'The API is protected against deletion.');
  workspace.apis.delete(api);
  return { data: {} };
});
