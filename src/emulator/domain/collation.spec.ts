import { describe, expect, test } from 'vitest';
import { accentInsensitive, accentSensitive } from './collation.js';

describe('accentInsensitive and accentSensitive', () => {
  test.for<[a: string, b: string, insensitive: boolean, sensitive: boolean]>([
    ['Reader', 'reader', true, false],
    ['é', 'e', true, false],
    ['é', 'e\u0301', true, true],
    ['ß', 'ss', true, false],
    ['æ', 'ae', true, false],
    ['ø', 'o', true, false],
    ['ﬁ', 'fi', true, false],
    ['Ａ', 'a', true, false],
    ['ｶ', 'カ', true, false],
    ['ガ', 'ｶﾞ', true, false],
    ['あ', 'ア', true, false],
    ['か', 'が', true, false],
    ['1', '１', true, false],
    ['1', '١', true, true],
    ['1', '१', true, true],
    ['a\u0000b', 'ab', true, true],
    ['a\u00adb', 'ab', true, true],
    ['a\u200bb', 'ab', true, true],
    ['й', 'и', false, false],
    ['ё', 'е', true, false],
    ['أ', 'ا', false, false],
    ['a ', 'a', false, false],
    ['a b', 'ab', false, false],
    ['a-b', 'ab', false, false],
    ['a', 'b', false, false],
  ])('%j and %j: %s, %s', ([a, b, insensitive, sensitive]) => {
    expect([accentInsensitive(a, b) === 0, accentSensitive(a, b) === 0]).toEqual([insensitive, sensitive]);
  });
});
