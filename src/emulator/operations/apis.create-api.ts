import { demand } from '../authentication/demand.js';
import { operation } from './operation.js';

export const createApi = operation('apis.createApi', ({ name }, { workspace, rootKey }) => {
  demand(rootKey, 'api.*.create_api');
  return { data: { apiId: workspace.apis.create(name).id } };
});
