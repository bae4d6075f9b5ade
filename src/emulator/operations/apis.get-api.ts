import { demand, onApi } from '../authentication/demand.js';
import { findApi } from './find-api.js';
import { operation } from './operation.js';

export const getApi = operation('apis.getApi', ({ apiId }, { workspace, rootKey }) => {
  demand(rootKey, onApi({ id: apiId }, 'read_api'));
  const { id, name } = findApi(apiId, workspace);
  return { data: { id, name } };
});
