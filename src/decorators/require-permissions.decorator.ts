import type { PermissionExpression } from '../contracts/verify-options.js';
import { addPolicy, POLICY, type HandlerDecorator } from './policy-metadata.js';

/**
 * The key must hold all of these; combine with `anyOf()` and `allOf()`. Those of class and handler are joined with
 * AND. Names are compared letter by letter: `documents.*` is not a wildcard to Unkey. A name that Unkey would
 * refuse fails at boot.
 *
 * @example
 * @RequirePermissions('documents.read', anyOf('plan.pro', 'plan.team'))
 */
export function RequirePermissions(...permissions: PermissionExpression[]): HandlerDecorator {
  return addPolicy(POLICY.permissions, permissions);
}
