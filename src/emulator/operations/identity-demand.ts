import type { Demand } from '../authentication/demand.js';

/** An action on identities: as a tuple or a URN grant, of all or, to read, of one. */
export function onIdentity(action: string, id = '*'): Demand {
  return {
    anyOf: [
      `identity.*.${action}`,
      `identity.${id}.${action}`,
      { resource: `projects/*/identities/${id}`, action },
    ],
  };
}
