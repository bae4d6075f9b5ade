import { ApiError } from '../api-error.js';
import type { Demand } from '../authentication/demand.js';
import type { Namespace, Override } from '../store/records.js';
import type { Workspace } from '../store/workspace.js';

/** @throws {ApiError} 404 if no namespace has this name or id */
export function findNamespace(nameOrId: string, { namespaces }: Workspace): Namespace {
  const namespace = namespaces.find(nameOrId);
  if (!namespace) throw new ApiError('namespaceNotFound', `There is no namespace '${nameOrId}'.`);
  return namespace;
}

/** The permission for an action on one namespace, as tuples. */
export function onNamespace({ id }: Namespace, action: string): Demand {
  return { anyOf: [`ratelimit.*.${action}`, `ratelimit.${id}.${action}`] };
}

export function noOverride(identifier: string): ApiError {
  return new ApiError('overrideNotFound', `There is no override for '${identifier}'.`);
}

/** An override as responses return it. */
export function overrideData({ duration, id, identifier, limit }: Override): object {
  return { duration, identifier, limit, overrideId: id };
}
