import type { V2KeysUpdateKeyRequestBody } from '@unkey/api/models/components';
import { ApiError } from '../api-error.js';
import { demand, onKey } from '../authentication/demand.js';
import type { Key } from '../store/records.js';
import type { Workspace } from '../store/workspace.js';
import { findKey } from './find-key.js';
import {
  keyMeta,
  namedRatelimits,
  permissionsBySlug,
  refuseSlugVariants,
  rolesByName,
  storedRefill,
} from './key-settings.js';
import { operation } from './operation.js';

export const updateKey = operation('keys.updateKey', (body, context) => {
  const { workspace, now } = context;
  const key = findKey(body.keyId, context);
  demand(context.rootKey, onKey(key, 'update_key'));
  const changes: Partial<Key> = {
    updatedAt: now,
    ...creditChanges(body.credits),
    ...(body.name !== undefined && { name: body.name ?? undefined }),
    ...(body.meta !== undefined && { meta: keyMeta(body.meta) }),
    ...(body.expires !== undefined && { expires: body.expires ?? undefined }),
    ...(body.enabled !== undefined && { enabled: body.enabled }),
    ...(body.roles && { roles: rolesByName(workspace, body.roles) }),
  };
  refuseSlugVariants(workspace, body.permissions);
  // All checks are done. Nothing after this line throws, so a rejected request changes nothing.
  Object.assign(key, changes);
  if (body.ratelimits) key.ratelimits = namedRatelimits(workspace, body.ratelimits, key.ratelimits);
  if (body.permissions) {
    key.permissions = permissionsBySlug(
      workspace,
      body.permissions,
      (slug) => `Auto-created permission: ${slug}`,
    );
  }
  if (body.externalId !== undefined) link(key, body.externalId, workspace);
  if (changes.refill) key.refilledTo = now;
  workspace.keys.changed(key);
  return { data: {} };
});

type Credits = V2KeysUpdateKeyRequestBody['credits'];

/** Each member has three states: absent keeps, `null` clears, a value sets. */
function creditChanges(credits: Credits): Pick<Partial<Key>, 'remaining' | 'refill'> {
  if (credits === undefined) return {};
  if (credits === null) return { remaining: null, refill: undefined };
  const { remaining, refill } = credits;
  if (refill?.interval === 'daily' && refill.refillDay !== undefined) {
    throw new ApiError('invalidInput', 'A daily refill must not have `refillDay`.');
  }
  return {
    ...(remaining === null && { remaining: null, refill: undefined }),
    ...(remaining !== undefined && remaining !== null && { remaining: BigInt(remaining) }),
    ...(refill !== undefined && { refill: storedRefill(refill ?? undefined) }),
  };
}

function link(key: Key, externalId: string | null, { identities }: Workspace): void {
  key.identity?.keys.remove(key);
  key.identity = externalId === null ? undefined : identities.obtain(externalId);
  key.identity?.keys.add(key);
}
