import type { V2KeysMigrateKeyData } from '@unkey/api/models/components';
import { ApiError } from '../api-error.js';
import { demand, onApi } from '../authentication/demand.js';
import type { Api, Key, Role } from '../store/records.js';
import type { Workspace } from '../store/workspace.js';
import { findApi } from './find-api.js';
import {
  keyMeta,
  namedRatelimits,
  permissionsBySlug,
  refuseSlugVariants,
  storedRefill,
} from './key-settings.js';
import { operation } from './operation.js';

export const migrateKeys = operation('keys.migrateKeys', (body, { workspace, rootKey, now }) => {
  demand(rootKey, onApi({ id: body.apiId }, 'create_key'));
  const api = findApi(body.apiId, workspace);
  if (!workspace.migrations.find(body.migrationId)) {
    throw new ApiError('migrationNotFound', `There is no migration '${body.migrationId}'.`);
  }
  const plans = body.keys.map((data) => plan(data, workspace));
  const fresh = plans.filter(({ isNew }) => isNew);
  if (new Set(fresh.map(({ data }) => data.hash)).size < fresh.length) {
    throw new ApiError('unexpectedError', '');
  }
  // All checks are done. Nothing after this line throws, so a rejected request changes nothing.
  const migrated = plans.flatMap((one) => migrate(one, body.migrationId, api, workspace, now));
  const failed = new Set(plans.filter(({ isNew }) => !isNew).map(({ data }) => data.hash));
  return {
    data: {
      failed: failed.size === 0 ? null : [...failed],
      migrated: migrated.map(({ hash, id }) => ({ hash, keyId: id })),
    },
  };
});

interface Plan extends Pick<Key, 'meta' | 'remaining' | 'refill'> {
  readonly data: V2KeysMigrateKeyData;
  /** Whether no key has this hash yet. */
  readonly isNew: boolean;
}

function plan(data: V2KeysMigrateKeyData, workspace: Workspace): Plan {
  const { credits } = data;
  // The server fails with a 500 here.
  if (credits?.remaining === null) throw new Error('`credits.remaining` of a migrated key is null.');
  const refill = storedRefill(credits?.refill);
  refuseSlugVariants(workspace, data.permissions);
  for (const name of data.roles ?? []) {
    const known = workspace.roles.byName(name);
    if (known && known.name !== name) {
      throw new ApiError('roleAlreadyExists', `The role '${name}' already exists as '${known.name}'.`);
    }
  }
  const isNew = !workspace.keys.hasHash(data.hash);
  return {
    data,
    isNew,
    meta: isNew ? keyMeta(data.meta) : undefined,
    remaining: credits ? BigInt(credits.remaining) : null,
    refill,
  };
}

/** Creates the key. Its identity, roles and permissions are created even if its hash is already in use. */
function migrate(
  { data, isNew, meta, remaining, refill }: Plan,
  migrationId: string,
  api: Api,
  workspace: Workspace,
  now: number,
): Key[] {
  const identity = data.externalId === undefined ? undefined : workspace.identities.obtain(data.externalId);
  const permissions = permissionsBySlug(workspace, data.permissions);
  const roles = rolesCreatedByName(workspace, data.roles ?? []);
  if (!isNew) return [];
  const key: Key = {
    id: workspace.random.id('key'),
    api,
    createdAt: now,
    hash: data.hash,
    pendingMigration: migrationId,
    start: '',
    name: data.name,
    meta,
    identity,
    expires: data.expires,
    enabled: data.enabled ?? true,
    updatedAt: undefined,
    remaining,
    refill,
    refilledTo: now,
    permissions,
    roles,
    ratelimits: namedRatelimits(workspace, data.ratelimits),
    deleted: false,
  };
  workspace.keys.add(key);
  return [key];
}

function rolesCreatedByName({ roles }: Workspace, names: readonly string[]): readonly Role[] {
  return [...new Set(names.map((name) => roles.byName(name) ?? roles.create(name, undefined, [])))];
}
