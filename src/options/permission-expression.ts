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

/**
 * Permissions in Unkey's own query language, wherever {@link anyOf} may be used: names joined by `AND` and `OR` in any
 * letter case, with parentheses; `AND` binds tighter. The query is sent as it is written. A query that Unkey could not
 * parse stops the app at startup, with the position of the error and the name of the handler.
 *
 * @example
 * @RequirePermissions(permissionQuery('documents.read AND (admin OR owner)'))
 */
export function permissionQuery(query: string): PermissionExpression {
  return { query };
}
