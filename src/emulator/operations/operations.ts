import { getVerifications } from './analytics.get-verifications.js';
import { createApi, createApiInKeyspace } from './apis.create-api.js';
import { deleteApi } from './apis.delete-api.js';
import { getApi } from './apis.get-api.js';
import { listKeys } from './apis.list-keys.js';
import { createIdentity } from './identities.create-identity.js';
import { deleteIdentity } from './identities.delete-identity.js';
import { getIdentity } from './identities.get-identity.js';
import { listIdentities } from './identities.list-identities.js';
import { updateIdentity } from './identities.update-identity.js';
import { addPermissions } from './keys.add-permissions.js';
import { addRoles } from './keys.add-roles.js';
import { createKey } from './keys.create-key.js';
import { deleteKey } from './keys.delete-key.js';
import { getKey } from './keys.get-key.js';
import { migrateKeys } from './keys.migrate-keys.js';
import { removePermissions } from './keys.remove-permissions.js';
import { removeRoles } from './keys.remove-roles.js';
import { rerollKey } from './keys.reroll-key.js';
import { setPermissions } from './keys.set-permissions.js';
import { setRoles } from './keys.set-roles.js';
import { updateCredits } from './keys.update-credits.js';
import { updateKey } from './keys.update-key.js';
import { verifyKey, verifyKeyInKeyspaces } from './keys.verify-key.js';
import { whoami } from './keys.whoami.js';
import { createPermission } from './permissions.create-permission.js';
import { createRole } from './permissions.create-role.js';
import { deletePermission } from './permissions.delete-permission.js';
import { deleteRole } from './permissions.delete-role.js';
import { getPermission } from './permissions.get-permission.js';
import { getRole } from './permissions.get-role.js';
import { listPermissions } from './permissions.list-permissions.js';
import { listRoles } from './permissions.list-roles.js';
import { setRolePermissions } from './permissions.set-role-permissions.js';
import { deleteOverride } from './ratelimit.delete-override.js';
import { getOverride } from './ratelimit.get-override.js';
import { limit } from './ratelimit.limit.js';
import { listOverrides } from './ratelimit.list-overrides.js';
import { multiLimit } from './ratelimit.multi-limit.js';
import { setOverride } from './ratelimit.set-override.js';
import type { Operation } from './operation.js';

/** Operations by name. */
export type Operations = ReadonlyMap<string, Operation>;

/** The operations of the recorded server. */
export const operations: Operations = new Map(
  [
    getVerifications,
    createApi,
    deleteApi,
    getApi,
    listKeys,
    createIdentity,
    deleteIdentity,
    getIdentity,
    listIdentities,
    updateIdentity,
    addPermissions,
    addRoles,
    createKey,
    deleteKey,
    getKey,
    migrateKeys,
    removePermissions,
    removeRoles,
    rerollKey,
    setPermissions,
    setRoles,
    updateCredits,
    updateKey,
    verifyKey,
    whoami,
    createPermission,
    createRole,
    deletePermission,
    deleteRole,
    getPermission,
    getRole,
    listPermissions,
    listRoles,
    setRolePermissions,
    deleteOverride,
    getOverride,
    limit,
    listOverrides,
    multiLimit,
    setOverride,
  ].map((one) => [one.name, one]),
);

/** The operations of newer servers, with keyspaces. */
export const operationsWithKeyspaces: Operations = new Map([
  ...operations,
  [verifyKeyInKeyspaces.name, verifyKeyInKeyspaces],
  [createApiInKeyspace.name, createApiInKeyspace],
]);
