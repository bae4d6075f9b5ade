import { describe, expect, it } from 'vitest';
import { parsePermissionQuery } from './parse-permission-query.js';

const and = (...operands: unknown[]) => ({ operator: 'AND', operands });
const or = (...operands: unknown[]) => ({ operator: 'OR', operands });

describe('a permission query', () => {
  it.each<[string, unknown]>([
    ['a', 'a'],
    ['a AND b', and('a', 'b')],
    ['a AND b AND c', and('a', 'b', 'c')],
    ['a OR b AND c', or('a', and('b', 'c'))],
    ['(a OR b) AND c', and(or('a', 'b'), 'c')],
    ['a AND(b OR c)', and('a', or('b', 'c'))],
    ['a and b', and('a', 'b')],
    ['a\tOr\r\nb', or('a', 'b')],
    ['  a  ', 'a'],
    ['((((a))))', 'a'],
    ['ANDROID', 'ANDROID'],
    ['or.x', 'or.x'],
    ['a.b-c_d:e/f', 'a.b-c_d:e/f'],
    ['documents.*', 'documents.*'],
  ])('%j is parsed as Unkey parses it', (query, tree) => {
    expect(parsePermissionQuery(query).tree).toEqual(tree);
  });

  it.each<[string, boolean]>([
    ['(a OR b)', true],
    ['((a) OR (b))', true],
    ['(a) OR (b)', false],
    ['a OR (b)', false],
  ])('%j is enclosed in parentheses: %j', (query, isEnclosed) => {
    expect(parsePermissionQuery(query).isEnclosed).toBe(isEnclosed);
  });

  it.each<[string, string]>([
    ['', '"" ends at position 0, where a permission or "(" is expected'],
    ['   ', 'ends at position 3, where a permission or "(" is expected'],
    ['a AND', '"a AND" ends at position 5, where a permission or "(" is expected'],
    ['AND a', 'has "AND" at position 0, where a permission or "(" is expected'],
    ['and', 'has "and" at position 0'],
    ['a AND or', 'has "or" at position 6'],
    ['a b', 'has "b" at position 2, where AND, OR or the end of the query is expected'],
    ['a)', 'has ")" at position 1, where AND, OR'],
    ['NOT a', 'has "a" at position 4, where AND, OR'],
    ['()', 'has ")" at position 1, where a permission or "("'],
    ['a OR ()', 'has ")" at position 6'],
    ['(a', 'ends at position 2, where ")" is expected'],
    ['(a OR b', 'ends at position 7, where ")" is expected'],
    ['(a b)', 'has "b" at position 3, where ")" is expected'],
    ['(a & b)', 'has "&" at position 3, where ")" is expected'],
    ['a & b', 'has "&" at position 2'],
    ['a, b', 'has "," at position 1'],
    ['"a b"', String.raw`has "\"" at position 0`],
    ['!a', 'has "!" at position 0'],
    ['é', 'has "é" at position 0'],
    ['a\u0000 AND b', String.raw`has "\u0000" at position 1`],
    ['a\u00a0AND b', 'at position 1; separate names only with spaces, tabs and line breaks'],
  ])('%j fails with its position', (query, sentence) => {
    expect(() => parsePermissionQuery(query)).toThrow(TypeError);
    expect(() => parsePermissionQuery(query)).toThrow(sentence);
  });

  it('can be nested as deeply as its maximum length allows', () => {
    const query = `${'('.repeat(499)}a${')'.repeat(499)}`;
    expect(parsePermissionQuery(query).tree).toBe('a');
  });
});
