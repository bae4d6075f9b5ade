import type { Demand } from '../authentication/demand.js';

/** The permission for an action on identities: a tuple for all identities or for one, or a URN grant for all identities. */
export function onIdentity(action: string, id = '*'): Demand {
  return {
    anyOf: [
      `identity.*.${action}`,
      `identity.${id}.${action}`,
      { resource: 'projects/*/identities/*', action },
    ],
  };
}
