import type { PermissionExpression } from '../contracts/verify-options.js';

/**
 * At least one of these.
 *
 * @example
 * @RequirePermissions(anyOf('admin', allOf('documents.read', 'documents.list')))
 */
export function anyOf(...expressions: PermissionExpression[]): PermissionExpression {
  return { anyOf: expressions };
}

/**
 * All of these; for use inside {@link anyOf}, since a list of permissions means all of them anyway.
 */
export function allOf(...expressions: PermissionExpression[]): PermissionExpression {
  return { allOf: expressions };
}
