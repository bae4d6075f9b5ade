import type { PermissionExpression } from '../contracts/verify-options.js';
import { parsePermissionQuery, type PermissionTree } from '../options/parse-permission-query.js';
import { toPermissionQuery } from '../options/permission-query.js';

/**
 * Whether a key with these permissions has all that is required. Compares as Unkey does: by exact name, `*` is an ordinary
 * character.
 */
export function holdsPermissions(
  held: readonly string[],
  required: readonly PermissionExpression[],
): boolean {
  if (required.length === 0) return true;
  const { tree } = parsePermissionQuery(toPermissionQuery(required));
  return holds(new Set(held), tree);
}

function holds(held: ReadonlySet<string>, tree: PermissionTree): boolean {
  if (typeof tree === 'string') return held.has(tree);
  const { operator, operands } = tree;
  return operator === 'AND'
    ? operands.every((operand) => holds(held, operand))
    : operands.some((operand) => holds(held, operand));
}
