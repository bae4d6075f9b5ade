import { ApiError } from '../api-error.js';
import type { Identity } from '../store/records.js';
import type { Workspace } from '../store/workspace.js';

/** @throws {ApiError} 404 if no identity has this id or external id */
export function findIdentity(idOrExternalId: string, { identities }: Workspace): Identity {
  const identity = identities.find(idOrExternalId);
  if (!identity) throw new ApiError('identityNotFound', `There is no identity '${idOrExternalId}'.`);
  return identity;
}
