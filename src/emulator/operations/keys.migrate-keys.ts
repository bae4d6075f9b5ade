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
  const isNew = ({ hash }: V2KeysMigrateKeyData): boolean => !workspace.keys.hasHash(hash);
  const failed = body.keys.filter((data) => !isNew(data)).map(({ hash }) => hash);
  const plans = body.keys.filter(isNew).map((data) => plan(data, workspace));
  if (new Set(body.keys.map(({ hash }) => hash)).size < body.keys.length)
    throw new ApiError('unexpectedError', '');
  // From here on nothing is refused, so that a refusal leaves nothing behind.
  const migrated = plans.map((one) => {
    const key = migrate(one, api, workspace, now);
    return { hash: key.hash, keyId: key.id };
  });
  return { data: { failed: failed.length === 0 ? null : failed, migrated } };
});

interface Plan extends Pick<Key, 'meta' | 'remaining' | 'refill'> {
  readonly data: V2KeysMigrateKeyData;
}

function plan(data: V2KeysMigrateKeyData, workspace: Workspace): Plan {
  const { credits } = data;
  // The server panics here.
  if (credits?.remaining === null) throw new Error('`credits.remaining` of a migrated key is null.');
  refuseSlugVariants(workspace, data.permissions);
  for (const name of data.roles ?? []) {
    const known = workspace.roles.byName(name);
    if (known && known.name !== name) {
      throw new ApiError('roleAlreadyExists', `The role '${name}' already exists as '${known.name}'.`);
    }
  }
  return {
    data,
    meta: keyMeta(data.meta),
    remaining: credits ? BigInt(credits.remaining) : null,
    refill: storedRefill(credits?.refill),
  };
}

function migrate({ data, meta, remaining, refill }: Plan, api: Api, workspace: Workspace, now: number): Key {
  const { externalId } = data;
  const { identities, random } = workspace;
  const key: Key = {
    id: random.id('key'),
    api,
    createdAt: now,
    hash: data.hash,
    start: '',
    name: data.name,
    meta,
    identity: externalId === undefined ? undefined : identities.obtain(externalId),
    expires: data.expires,
    enabled: data.enabled ?? true,
    updatedAt: undefined,
    remaining,
    refill,
    refilledTo: now,
    permissions: permissionsBySlug(workspace, data.permissions),
    roles: rolesMadeByName(workspace, data.roles ?? []),
    ratelimits: namedRatelimits(workspace, data.ratelimits),
    deleted: false,
  };
  workspace.keys.add(key);
  return key;
}

function rolesMadeByName({ roles }: Workspace, names: readonly string[]): readonly Role[] {
  return [...new Set(names.map((name) => roles.byName(name) ?? roles.create(name, undefined, [])))];
}
