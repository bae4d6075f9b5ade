import type { Demand } from '../authentication/demand.js';

/** An action on identities: as a tuple of all or, to read, of one; a URN grant must name all identities. */
export function onIdentity(action: string, id = '*'): Demand {
  return {
    anyOf: [
      `identity.*.${action}`,
      `identity.${id}.${action}`,
      { resource: 'projects/*/identities/*', action },
    ],
  };
}
