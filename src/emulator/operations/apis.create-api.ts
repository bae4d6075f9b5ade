import { demand } from '../authentication/demand.js';
import { operation, operationOf, type OperationContext } from './operation.js';

export const createApi = operation('apis.createApi', ({ name }, context) => create(name, undefined, context));

/** The operation of newer servers. */
export const createApiInKeyspace = operationOf(
  'apis.createApi',
  'keyspaces.createApi',
  ({ name, keyspaceId }, context) => create(name, keyspaceId, context),
);

function create(name: string, keyspaceId: string | undefined, { workspace, rootKey }: OperationContext) {
  demand(rootKey, 'api.*.create_api');
  return { data: { apiId: workspace.apis.create(name, { keyspaceId }).id } };
}
