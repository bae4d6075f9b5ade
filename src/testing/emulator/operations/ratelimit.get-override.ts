import { permits } from '../authentication/demand.js';
import { findNamespace, noOverride, onNamespace, overrideData } from './find-namespace.js';
import { operation } from './operation.js';

export const getOverride = operation('ratelimit.getOverride', (body, { workspace, rootKey }) => {
  const namespace = findNamespace(body.namespace, workspace);
  const byUrn = { resource: `ratelimits/namespaces/${namespace.id}`, action: 'read_override' };
  const override = workspace.namespaces.overrideFor(namespace, body.identifier);
  if (!override || !permits(rootKey, { anyOf: [onNamespace(namespace, 'read_override'), byUrn] })) {
    throw noOverride(body.identifier);
  }
  return { data: overrideData(override) };
});
