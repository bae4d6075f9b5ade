import type { Verification } from '../contracts/verification.js';
import type { PermissionExpression } from '../contracts/verify-options.js';
import { holdsPermissions } from './holds-permissions.js';
import type { ApiKeyPrincipal } from './principal.js';

/** What a principal is compared with. */
export interface PrincipalRules {
  readonly permissions: readonly PermissionExpression[];
  /** Ids of the keyspaces whose keys are accepted; empty: all. */
  readonly keyspaces: readonly string[];
  /** Unix ms */
  readonly now: number;
  /** The gateway's id of the request. */
  readonly requestId: string | undefined;
}

/** Returns the verification of a principal, in the form that Unkey returns for the key. It costs nothing. */
export function verifyPrincipal(principal: ApiKeyPrincipal, rules: PrincipalRules): Verification {
  const { keyspaces, requestId } = rules;
  if (keyspaces.length > 0 && !keyspaces.includes(principal.key.keySpaceId)) {
    return { valid: false, code: 'NOT_FOUND', requestId };
  }
  const code = codeOf(principal, rules);
  return { valid: code === 'VALID', code, requestId, ...factsOf(principal), source: 'gateway' };
}

function codeOf({ key: { expiresAt, permissions = [] } }: ApiKeyPrincipal, rules: PrincipalRules): string {
  if (expiresAt !== undefined && rules.now > expiresAt) return 'EXPIRED';
  return holdsPermissions(permissions, rules.permissions) ? 'VALID' : 'INSUFFICIENT_PERMISSIONS';
}

function factsOf({ identity, key }: ApiKeyPrincipal): Partial<Verification> {
  const { keyId, keySpaceId: keyspaceId, name, expiresAt, credits, permissions, roles } = key;
  return {
    keyId,
    keyspaceId,
    ...(name === undefined ? {} : { name }),
    ...metaOf(key),
    ...(expiresAt === undefined ? {} : { expires: expiresAt }),
    ...(credits === undefined ? {} : { credits }),
    ...(permissions === undefined ? {} : { permissions }),
    ...(roles === undefined ? {} : { roles }),
    // A principal does not contain Unkey's id of the identity.
    ...(identity === undefined
      ? {}
      : { identity: { id: '', externalId: identity.externalId, ...metaOf(identity) } }),
  };
}

/** The gateway sends `{}` if there is no meta. Unkey itself sends none. */
function metaOf({ meta }: { readonly meta?: Readonly<Record<string, unknown>> }): Pick<Verification, 'meta'> {
  return meta === undefined || Object.keys(meta).length === 0 ? {} : { meta };
}
