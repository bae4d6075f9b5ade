import { ApiError } from '../api-error.js';
import type { Api, Key } from '../store/records.js';
import type { RootKey } from './root-key.js';

/** The permissions that an operation requires of a root key: a tuple, a URN grant, or a combination. */
export type Demand =
  | string
  | { readonly resource: string; readonly action: string }
  | { readonly anyOf: readonly Demand[] }
  | { readonly allOf: readonly Demand[] };

/** Whether a root key has the required permissions. */
export function permits(rootKey: RootKey, demand: Demand): boolean {
  if (typeof demand === 'string') return rootKey.holds(demand);
  if ('resource' in demand) return rootKey.covers(demand.resource, demand.action);
  if ('anyOf' in demand) return demand.anyOf.some((one) => permits(rootKey, one));
  return demand.allOf.every((one) => permits(rootKey, one));
}

/**
 * Rejects a root key without the required permissions.
 *
 * @throws {ApiError} 403
 */
export function demand(rootKey: RootKey, wanted: Demand): void {
  if (!permits(rootKey, wanted)) throw new ApiError('insufficientPermissions', describeDemand(wanted));
}

/** A sentence that names the missing permissions, for the owner of the root key. */
export function describeDemand(wanted: Demand): string {
  return `The root key needs ${text(wanted)}.`;
}

function text(wanted: Demand): string {
  if (typeof wanted === 'string') return wanted;
  if ('resource' in wanted) return `${wanted.resource}#${wanted.action}`;
  return 'anyOf' in wanted ? wanted.anyOf.map(text).join(' or ') : wanted.allOf.map(text).join(' and ');
}

/** An action on one API, as tuples. */
export function onApi(api: Pick<Api, 'id'>, action: string): Demand {
  return { anyOf: [`api.*.${action}`, `api.${api.id}.${action}`] };
}

/** An action on one key: as tuples of its API, or as a URN grant. */
export function onKey(key: Key, action: string): Demand {
  return { anyOf: [onApi(key.api, action), keyUrn(key, action)] };
}

/** An action on one key as a URN grant. */
export function keyUrn({ api, id }: Key, action: string): Demand {
  return { resource: `keyspaces/${api.keyspaceId}/keys/${id}`, action };
}
