import type { VerifyRequest, VerifyRequestRatelimit } from '../contracts/verifier.js';
import type { KeyRatelimitDemand, PermissionExpression, VerifyOptions } from '../contracts/verify-options.js';
import { toPermissionQuery } from '../options/permission-query.js';

/**
 * The body for Unkey: only what is asked for, so that an absent demand is an absent field.
 *
 * @throws TypeError for a permission that Unkey's query language cannot express
 */
export function toVerifyRequest(key: string, options: VerifyOptions): VerifyRequest {
  const { permissions, credits, ratelimits, tags } = options;
  const query = permissions === undefined ? undefined : toPermissionQuery(listOf(permissions));
  return {
    key,
    ...(query === undefined ? {} : { permissions: query }),
    ...(credits === undefined ? {} : { credits: { cost: credits } }),
    ...(ratelimits === undefined || ratelimits.length === 0
      ? {}
      : { ratelimits: ratelimits.map(toRatelimit) }),
    ...(tags === undefined || tags.length === 0 ? {} : { tags }),
  };
}

function toRatelimit({ name, cost, limit, duration }: KeyRatelimitDemand): VerifyRequestRatelimit {
  return {
    name,
    ...(cost === undefined ? {} : { cost }),
    ...(limit === undefined ? {} : { limit }),
    ...(duration === undefined ? {} : { duration }),
  };
}

function listOf(permissions: PermissionExpression | PermissionExpression[]): PermissionExpression[] {
  return Array.isArray(permissions) ? permissions : [permissions];
}
