import type { HandlerPolicy } from '../contracts/handler-policy.js';
import type { PermissionExpression, VerifyOptions } from '../contracts/verify-options.js';
import { checkedPolicy } from '../decorators/checked-policy.js';
import { UnkeyConfigError } from '../errors/unkey-config.error.js';
import { checkDemands } from '../options/check-demands.js';
import { frozenCopy } from '../options/frozen.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import { shown } from '../options/shown-value.js';

/**
 * Creates the policy of a request that no Nest handler answers: these requirements, combined with the options. They
 * have the same form as those of decorators, so that a guard with equal requirements reuses the verification.
 *
 * @param where the method that takes the requirements, for errors
 * @throws UnkeyConfigError if the requirements are invalid
 */
export function demandedPolicy(
  where: string,
  options: ResolvedUnkeyOptions,
  demands: VerifyOptions,
): HandlerPolicy {
  try {
    checkObject(demands);
    checkDemands(demands);
  } catch (error) {
    throw new UnkeyConfigError(`${where}: ${error instanceof Error ? error.message : String(error)}.`);
  }
  const { permissions, credits, ratelimits = [], tags = [], clientIp } = demands;
  const policy = checkedPolicy(where, options, {
    instance: options.name,
    access: 'required',
    openedBy: undefined,
    hasSubclassGuard: false,
    permissions: [...options.permissions, ...asOne(permissions)],
    credits,
    ratelimits: ratelimits.map(({ name, ...demand }) => ({ ...demand, name })),
    tags,
    sources: undefined,
    checks: [],
  });
  return clientIp === undefined ? policy : { ...policy, fixed: frozenCopy({ ...policy.fixed, clientIp }) };
}

function checkObject(demands: unknown): void {
  if (typeof demands === 'object' && demands !== null && !Array.isArray(demands)) return;
  throw new TypeError(
    `the requirements must be an object such as { permissions: 'docs.read' }, got ${shown(demands)}`,
  );
}

/** A list with one expression that means all of them. */
function asOne(permissions: VerifyOptions['permissions']): PermissionExpression[] {
  if (permissions === undefined) return [];
  if (!Array.isArray(permissions)) return [permissions];
  return permissions.length === 1 ? permissions : [{ allOf: permissions }];
}
