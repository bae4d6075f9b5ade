import { demand } from '../authentication/demand.js';
import { findNamespace, onNamespace } from './find-namespace.js';
import { operation } from './operation.js';

export const setOverride = operation('ratelimit.setOverride', (body, { workspace, rootKey }) => {
  const namespace = findNamespace(body.namespace, workspace);
  demand(rootKey, onNamespace(namespace, 'set_override'));
  const { id } = workspace.namespaces.setOverride(namespace, body.identifier, body.limit, body.duration);
  return { data: { overrideId: id } };
});
