import { describe, expect, it } from 'vitest';
import type { PermissionExpression } from '../contracts/verify-options.js';
import { allOf, anyOf, permissionQuery } from './permission-expression.js';
import { toPermissionQuery } from './permission-query.js';

describe("permissions in Unkey's query language", () => {
  it.each<[PermissionExpression[], string]>([
    [['a'], 'a'],
    [['a', 'b'], 'a AND b'],
    [['a', 'a'], 'a'],
    [[anyOf('a', 'b')], 'a OR b'],
    [[anyOf('a')], 'a'],
    [['a', anyOf('b', 'c')], 'a AND (b OR c)'],
    [[anyOf('a', allOf('b', 'c'))], 'a OR b AND c'],
    [[anyOf('a', allOf('b', anyOf('c', 'd')))], 'a OR b AND (c OR d)'],
    [[allOf('a', allOf('b', 'c'))], 'a AND b AND c'],
    [[anyOf(anyOf('a', 'b'), 'c')], 'a OR b OR c'],
    [['a', allOf(anyOf('b', 'c'))], 'a AND (b OR c)'],
    [['documents.*', 'or.x', 'ANDROID', 'a-b_c:d/e'], 'documents.* AND or.x AND ANDROID AND a-b_c:d/e'],
    [[permissionQuery(' a and (b OR c) ')], 'a and (b OR c)'],
    [['x', permissionQuery('a OR b')], 'x AND (a OR b)'],
    [['x', permissionQuery('(a OR b)')], 'x AND (a OR b)'],
    [['x', permissionQuery('(a) OR (b)')], 'x AND ((a) OR (b))'],
    [['x', permissionQuery('a AND b')], 'x AND a AND b'],
    [[anyOf('x', permissionQuery('a AND b'))], 'x OR a AND b'],
  ])('%j is %s', (expressions, query) => {
    expect(toPermissionQuery(expressions)).toBe(query);
  });

  it.each<[unknown[], string]>([
    [[], 'a list of permissions must name at least one permission'],
    [[''], 'permission "" must contain only'],
    [['a b'], 'must contain only'],
    [['a\u0000'], 'must contain only'],
    [['AND'], 'an operator'],
    [['or'], 'an operator'],
    [[allOf()], 'allOf() must name'],
    [[permissionQuery('a b')], 'has "b" at position 2'],
    [[permissionQuery(undefined as unknown as string)], 'permissionQuery() takes a query as a string'],
    [[permissionQuery(7 as unknown as string)], 'permissionQuery() takes a query as a string, got 7'],
    [[permissionQuery('a'.repeat(1001))], 'a query of 1001 characters'],
    [[{ query: 'a', anyOf: ['b'] }], 'cannot have both query and anyOf in one object'],
    [[{ oneOf: ['a'] }], 'a permission must be a name, anyOf(…) or allOf(…); unknown member "oneOf"'],
    [[{ anyOf: ['a'], oneOf: ['b'] }], 'unknown member "oneOf"'],
    [[{ anyOf: ['a'], [Symbol('b')]: ['b'] }], 'unknown member "Symbol(b)"'],
    [[{ anyOf: ['a'], allOf: ['b'] }], 'cannot have both anyOf and allOf in one object'],
    [[{ allOf: ['b'], anyOf: ['a'] }], 'cannot have both anyOf and allOf in one object'],
    [[{ anyOf: ['a'], allOf: [] }], 'cannot have both anyOf and allOf in one object'],
    [[{ anyOf: ['a'], allOf: undefined }], 'cannot have both anyOf and allOf in one object'],
    [[allOf('a', { anyOf: ['b'], allOf: ['c'] } as never)], 'cannot have both anyOf and allOf in one object'],
    [[{}], 'got an object with neither'],
    [[Object.create({ anyOf: ['a'] })], 'got an object with neither'],
    [[{ anyOf: 'a' }], 'anyOf must be a list'],
    [[{ allOf: undefined }], 'allOf must be a list'],
    [[['a']], 'a permission must be a name'],
    [[null], 'a permission must be a name'],
    [[7], 'a permission must be a name'],
  ])('%j is rejected', (expressions, sentence) => {
    expect(() => toPermissionQuery(expressions as PermissionExpression[])).toThrow(sentence);
  });
});
