import type { PermissionExpression } from '../contracts/verify-options.js';
import { addPolicy, POLICY, type HandlerDecorator } from './policy-metadata.js';

/**
 * Requires permissions: the key must have all of them. Combine permissions with `anyOf()` and `allOf()`. Permissions on
 * class and handler are combined with AND. Names are compared exactly: Unkey does not treat `documents.*` as a
 * wildcard. A name that Unkey would reject stops the app at startup.
 *
 * @example
 * @RequirePermissions('documents.read', anyOf('plan.pro', 'plan.team'))
 */
export function RequirePermissions(...permissions: PermissionExpression[]): HandlerDecorator {
  return addPolicy(POLICY.permissions, permissions);
}
