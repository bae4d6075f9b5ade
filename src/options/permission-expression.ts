import type { PermissionExpression } from '../contracts/verify-options.js';

/**
 * Requires at least one of these permissions.
 *
 * @example
 * @RequirePermissions(anyOf('admin', allOf('documents.read', 'documents.list')))
 */
export function anyOf(...expressions: PermissionExpression[]): PermissionExpression {
  return { anyOf: expressions };
}

/**
 * Requires all of these permissions. Needed only inside {@link anyOf}: in a plain list, all permissions are required.
 */
export function allOf(...expressions: PermissionExpression[]): PermissionExpression {
  return { allOf: expressions };
}

/**
 * Requires permissions by a query in Unkey's own language: names joined by `AND` and `OR` in any letter case, with
 * parentheses; `AND` binds tighter. You can use it wherever {@link anyOf} is allowed. The query is sent as you write
 * it. A query that Unkey cannot parse stops the app at startup, with the position of the error and the name of the
 * handler.
 *
 * @example
 * @RequirePermissions(permissionQuery('documents.read AND (admin OR owner)'))
 */
export function permissionQuery(query: string): PermissionExpression {
  return { query };
}
