import { describe, expect, it } from 'vitest';
import { allOf, anyOf, permissionQuery } from '../options/permission-expression.js';
import { parsePermissionQuery } from '../emulator/domain/permission-query.js';
import { toPermissionQuery } from '../options/permission-query.js';
import { holdsPermissions } from './holds-permissions.js';

const NAMES = ['a', 'b', 'c', 'documents.*', 'documents.read'];
const EXPRESSIONS = [
  ['a'],
  ['a', 'b'],
  [anyOf('a', 'b')],
  ['a', anyOf('b', 'c')],
  [anyOf('a', allOf('b', 'c'))],
  [permissionQuery('a and (b OR c)')],
  [permissionQuery('a OR b AND c'), 'a'],
  ['documents.*'],
  ['documents.read'],
];

describe('holdsPermissions', () => {
  it('requires nothing if nothing is required', () => {
    expect(holdsPermissions([], [])).toBe(true);
  });

  it.each(EXPRESSIONS)(
    'agrees with the local Unkey server, for every set of permissions: %j',
    (...required) => {
      const query = parsePermissionQuery(toPermissionQuery(required));
      for (let set = 0; set < 2 ** NAMES.length; set++) {
        const held = NAMES.filter((_, at) => (set & (2 ** at)) !== 0);
        expect([held, holdsPermissions(held, required)]).toEqual([held, query(new Set(held))]);
      }
    },
  );
});
