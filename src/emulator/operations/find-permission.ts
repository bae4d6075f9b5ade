import { ApiError } from '../api-error.js';
import type { Permission } from '../store/records.js';
import type { Workspace } from '../store/workspace.js';

/** @throws {ApiError} 404 if no permission has this id or slug */
export function findPermission(idOrSlug: string, { permissions }: Workspace): Permission {
  const permission = permissions.find(idOrSlug);
  if (!permission) throw new ApiError('permissionNotFound', `There is no permission '${idOrSlug}'.`);
  return permission;
}
