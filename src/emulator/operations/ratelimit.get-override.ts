import { type Demand, permits } from '../authentication/demand.js';
import type { Namespace, Override } from '../store/records.js';
import { findNamespace, noOverride, onNamespace, overrideData } from './find-namespace.js';
import { operation } from './operation.js';

export const getOverride = operation('ratelimit.getOverride', (body, { workspace, rootKey }) => {
  const namespace = findNamespace(body.namespace, workspace);
  const override = workspace.namespaces.overrideFor(namespace, body.identifier);
  if (!override || !permits(rootKey, toRead(namespace, override))) throw noOverride(body.identifier);
  return { data: overrideData(override) };
});

function toRead(namespace: Namespace, { id }: Override): Demand {
  const resource = `ratelimits/namespaces/${namespace.id}/overrides/${id}`;
  return { anyOf: [onNamespace(namespace, 'read_override'), { resource, action: 'read_override' }] };
}
