import type { KeyDemands } from '../contracts/key-demands.js';
import type { VerifyOptions } from '../contracts/verify-options.js';
import { toPermissionQuery } from './permission-query.js';

/** Returns what a rejected call required, for the exception that reports the rejection. */
export function keyDemandsOf({ permissions, credits, ratelimits }: VerifyOptions): KeyDemands {
  const demands: KeyDemands = {};
  if (permissions !== undefined) {
    demands.permissions = toPermissionQuery(Array.isArray(permissions) ? permissions : [permissions]);
  }
  if (credits !== undefined) demands.credits = credits;
  if (ratelimits !== undefined) demands.ratelimits = ratelimits;
  return demands;
}
