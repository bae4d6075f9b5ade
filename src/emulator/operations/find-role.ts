import { ApiError } from '../api-error.js';
import type { Role } from '../store/records.js';
import type { Workspace } from '../store/workspace.js';

/** @throws {ApiError} 404 if no role has this id or name */
export function findRole(idOrName: string, { roles }: Workspace): Role {
  const role = roles.find(idOrName);
  if (!role) throw new ApiError('roleNotFound', `There is no role '${idOrName}'.`);
  return role;
}
