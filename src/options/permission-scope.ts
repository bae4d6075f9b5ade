import { parsePermissionQuery, type PermissionTree } from './parse-permission-query.js';

/**
 * Returns the `scope` parameter of a challenge (RFC 6750 §3): the permissions that a query requires. `undefined` for a
 * query with `OR`, because `scope` means that all listed names are required.
 */
export function permissionScope(query: string): string | undefined {
  const names = namesIn(parsePermissionQuery(query).tree);
  return names === undefined ? undefined : [...new Set(names)].join(' ');
}

function namesIn(tree: PermissionTree): string[] | undefined {
  if (typeof tree === 'string') return [tree];
  if (tree.operator === 'OR') return undefined;
  const names = tree.operands.map(namesIn);
  return names.every((list) => list !== undefined) ? names.flat() : undefined;
}
