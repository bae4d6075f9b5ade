import type * as components from '@unkey/api/models/components';

/** The request body of each operation, by its name. Names that begin with `keyspaces` are the bodies of newer servers. */
export interface RequestBodies {
  'analytics.getVerifications': components.V2AnalyticsGetVerificationsRequestBody;
  'apis.createApi': components.V2ApisCreateApiRequestBody;
  'apis.deleteApi': components.V2ApisDeleteApiRequestBody;
  'apis.getApi': components.V2ApisGetApiRequestBody;
  'apis.listKeys': components.V2ApisListKeysRequestBody;
  'identities.createIdentity': components.V2IdentitiesCreateIdentityRequestBody;
  'identities.deleteIdentity': components.V2IdentitiesDeleteIdentityRequestBody;
  'identities.getIdentity': components.V2IdentitiesGetIdentityRequestBody;
  'identities.listIdentities': components.V2IdentitiesListIdentitiesRequestBody;
  'identities.updateIdentity': components.V2IdentitiesUpdateIdentityRequestBody;
  'keys.addPermissions': components.V2KeysAddPermissionsRequestBody;
  'keys.addRoles': components.V2KeysAddRolesRequestBody;
  'keys.createKey': components.V2KeysCreateKeyRequestBody;
  'keys.deleteKey': components.V2KeysDeleteKeyRequestBody;
  'keys.getKey': components.V2KeysGetKeyRequestBody;
  'keys.migrateKeys': components.V2KeysMigrateKeysRequestBody;
  'keys.removePermissions': components.V2KeysRemovePermissionsRequestBody;
  'keys.removeRoles': components.V2KeysRemoveRolesRequestBody;
  'keys.rerollKey': components.V2KeysRerollKeyRequestBody;
  'keys.setPermissions': components.V2KeysSetPermissionsRequestBody;
  'keys.setRoles': components.V2KeysSetRolesRequestBody;
  'keys.updateCredits': components.V2KeysUpdateCreditsRequestBody;
  'keys.updateKey': components.V2KeysUpdateKeyRequestBody;
  'keys.verifyKey': components.V2KeysVerifyKeyRequestBody;
  'keyspaces.createApi': components.V2ApisCreateApiRequestBody & { keyspaceId?: string };
  'keyspaces.verifyKey': components.V2KeysVerifyKeyRequestBody & { keyspaces?: string[] };
  'keys.whoami': components.V2KeysWhoamiRequestBody;
  'permissions.createPermission': components.V2PermissionsCreatePermissionRequestBody;
  'permissions.createRole': components.V2PermissionsCreateRoleRequestBody;
  'permissions.deletePermission': components.V2PermissionsDeletePermissionRequestBody;
  'permissions.deleteRole': components.V2PermissionsDeleteRoleRequestBody;
  'permissions.getPermission': components.V2PermissionsGetPermissionRequestBody;
  'permissions.getRole': components.V2PermissionsGetRoleRequestBody;
  'permissions.listPermissions': components.V2PermissionsListPermissionsRequestBody;
  'permissions.listRoles': components.V2PermissionsListRolesRequestBody;
  'permissions.setRolePermissions': components.V2PermissionsSetRolePermissionsRequestBody;
  'ratelimit.deleteOverride': components.V2RatelimitDeleteOverrideRequestBody;
  'ratelimit.getOverride': components.V2RatelimitGetOverrideRequestBody;
  'ratelimit.limit': components.V2RatelimitLimitRequestBody;
  'ratelimit.listOverrides': components.V2RatelimitListOverridesRequestBody;
  'ratelimit.multiLimit': components.V2RatelimitLimitRequestBody[];
  'ratelimit.setOverride': components.V2RatelimitSetOverrideRequestBody;
}

/** The name of an operation that takes a body, for example `keys.verifyKey`. */
export type OperationName = Exclude<keyof RequestBodies, `keyspaces.${string}`>;
