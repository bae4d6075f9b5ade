import type { V2KeysCreateKeyRequestBody } from '@unkey/api/models/components';
import { ApiError } from '../api-error.js';
import type { Api, Key } from '../store/records.js';
import type { Workspace } from '../store/workspace.js';
import type { KeyMaterial } from './key-material.js';
import {
  keyMeta,
  namedRatelimits,
  permissionsBySlug,
  refuseSlugVariants,
  rolesByName,
  storedRefill,
} from './key-settings.js';

/**
 * Creates a key in an API, with the settings of a `keys.createKey` body.
 *
 * @param material the key and its hash
 * @throws {ApiError} 400, 404 or 409; nothing was created then
 */
export function makeKey(
  body: Omit<V2KeysCreateKeyRequestBody, 'apiId'>,
  api: Api,
  material: KeyMaterial,
  workspace: Workspace,
  now: number,
): Key {
  const credits = creditsOf(body.credits);
  const roles = rolesByName(workspace, body.roles);
  refuseSlugVariants(workspace, body.permissions);
  const meta = keyMeta(body.meta);
  // All checks are done. Nothing after this line throws, so a rejected request changes nothing.
  const key: Key = {
    id: workspace.random.id('key'),
    api,
    createdAt: now,
    hash: material.hash,
    pendingMigration: undefined,
    start: material.start,
    name: body.name,
    meta,
    identity: body.externalId === undefined ? undefined : workspace.identities.obtain(body.externalId),
    expires: body.expires,
    enabled: body.enabled ?? true,
    updatedAt: undefined,
    ...credits,
    refilledTo: now,
    permissions: permissionsBySlug(workspace, body.permissions),
    roles,
    ratelimits: namedRatelimits(workspace, body.ratelimits),
    deleted: false,
  };
  workspace.keys.add(key);
  return key;
}

function creditsOf(credits: V2KeysCreateKeyRequestBody['credits']): Pick<Key, 'remaining' | 'refill'> {
  if (!credits) return { remaining: null, refill: undefined };
  if (credits.remaining === null && credits.refill) {
    throw new ApiError('invalidInput', 'A key with unlimited credits cannot have a refill.');
  }
  return {
    remaining: credits.remaining === null ? null : BigInt(credits.remaining),
    refill: storedRefill(credits.refill),
  };
}
