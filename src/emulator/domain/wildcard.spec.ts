import { expect, test } from 'vitest';
import { matchesWildcard } from './wildcard.js';

test.for<[pattern: string, text: string, matches: boolean]>([
  ['vip', 'vip', true],
  ['vip*', 'vip7', true],
  ['vip*', 'VIP7', false],
  ['*', '', true],
  ['*@example.com', 'a@example.com', true],
  ['*@example.com', 'a@exampleXcom', false],
  ['a*b*c', 'axxbyyc', true],
  ['a*b*c', 'axxc', false],
  ['ab*ba', 'aba', false],
  ['a**b', 'ab', true],
  ['[*]', '[x]', true],
  ['a*c', 'ab\nc', false],
  ['a\n*c', 'a\nbc', true],
  ['a*\r*', 'a\r\u2028', true],
  ['é', 'é', true],
  ['é*', 'éx', false],
  ['é*', 'Ã©x', true],
  ['*', 'é🙂', true],
])('%j matches %j: %s', ([pattern, text, matches]) => {
  expect(matchesWildcard(pattern, text)).toBe(matches);
});
