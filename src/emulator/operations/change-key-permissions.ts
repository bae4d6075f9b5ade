import { demand, type Demand, keyUrn, onApi } from '../authentication/demand.js';
import type { RootKey } from '../authentication/root-key.js';
import type { Key } from '../store/records.js';
import type { Workspace } from '../store/workspace.js';

/** The permissions required to change a key's roles or permissions: a URN grant on the key, or the tuple of its API and
 * those of the workspace. */
export function toAttach(key: Key, ...tuples: readonly string[]): Demand {
  return { anyOf: [keyUrn(key, 'update_key'), { allOf: [onApi(key.api, 'update_key'), ...tuples] }] };
}

/** The permissions required to create permissions. */
const CREATE_PERMISSION: Demand = {
  anyOf: ['rbac.*.create_permission', { resource: 'rbac/permissions/*', action: 'create_permission' }],
};

/** @throws {ApiError} 403 if one of the slugs does not exist and the root key may not create permissions */
export function demandMissing(
  { permissions }: Workspace,
  rootKey: RootKey,
  slugs: readonly string[],
  wanted = CREATE_PERMISSION,
): void {
  if (slugs.some((slug) => !permissions.bySlug(slug))) demand(rootKey, wanted);
}
