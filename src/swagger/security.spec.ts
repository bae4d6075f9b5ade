import { describe, expect, it } from 'vitest';
import { requireBoth, withoutSchemes } from './security.js';

const jwt = { jwt: [] };
const admin = { oauth: ['admin'] };
const key = { key: [] };
const bearer = { bearer: [] };

describe('what is required of a caller', () => {
  it.each([
    ['our sources are alternatives', [], [key, bearer], [key, bearer]],
    [
      "another guard's scheme is required too",
      [jwt],
      [key, bearer],
      [
        { jwt: [], key: [] },
        { jwt: [], bearer: [] },
      ],
    ],
    [
      'each of its alternatives with each of ours',
      [jwt, admin],
      [key],
      [
        { jwt: [], key: [] },
        { oauth: ['admin'], key: [] },
      ],
    ],
    ['an optional key leaves the other scheme', [jwt], [key, {}], [{ jwt: [], key: [] }, jwt]],
    [
      'what is optional on both sides is optional',
      [jwt, {}],
      [key, {}],
      [{ jwt: [], key: [] }, jwt, key, {}],
    ],
    ['equal alternatives are said once', [{}, {}], [key], [key]],
  ])('%s', (_, others, ours, both) => {
    expect(requireBoth(others, ours)).toEqual(both);
  });

  it.each([
    ['an alternative of ours alone disappears', [key, jwt], [jwt]],
    ['the rest of an alternative stays', [{ jwt: [], key: [] }], [jwt]],
    ['that nothing is required stays', [{}, key], [{}]],
    ['nothing is left', [key], []],
  ])('without our schemes: %s', (_, requirements, left) => {
    expect(withoutSchemes(requirements, new Set(['key']))).toEqual(left);
  });
});
