import { demand } from '../authentication/demand.js';
import { findNamespace, noOverride, onNamespace } from './find-namespace.js';
import { operation } from './operation.js';

export const deleteOverride = operation('ratelimit.deleteOverride', (body, { workspace, rootKey }) => {
  const namespace = findNamespace(body.namespace, workspace);
  demand(rootKey, onNamespace(namespace, 'delete_override'));
  const override = namespace.overrides.get(body.identifier);
  if (!override) throw noOverride(body.identifier);
  workspace.namespaces.deleteOverride(namespace, override);
  return { data: {} };
});
