import { describe, expect, it } from 'vitest';
import { permissionScope } from './permission-scope.js';

describe('the scope of a challenge', () => {
  it.each([
    ['a', 'a'],
    ['a AND b', 'a b'],
    ['a and (b AND a)', 'a b'],
  ])('%s is %j', (query, scope) => expect(permissionScope(query)).toBe(scope));

  it.each(['a OR b', 'a AND (b OR c)'])('%s has none', (query) =>
    expect(permissionScope(query)).toBeUndefined(),
  );
});
