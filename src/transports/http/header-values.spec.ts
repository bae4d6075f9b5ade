import { describe, expect, it } from 'vitest';
import { headerValues } from './header-values.js';

describe('every value under a header name', () => {
  it.each<[string, unknown, string[]]>([
    [
      'stands in rawHeaders, in any case',
      { rawHeaders: ['X-Api-Key', 'a', 'Host', 'h', 'x-api-key', 'b'] },
      ['a', 'b'],
    ],
    [
      "in those of Node's own request on Fastify",
      { raw: { rawHeaders: ['x-api-key', 'a'] }, headers: {} },
      ['a'],
    ],
    ['in headers where there are no raw ones', { headers: { 'x-api-key': 'a' } }, ['a']],
    ['in headers where the raw ones are empty', { rawHeaders: [], headers: { 'x-api-key': 'a' } }, ['a']],
    ['as a list', { headers: { 'x-api-key': ['a', 'b'] } }, ['a', 'b']],
    ['or nowhere', { headers: {} }, []],
    ['of something that is no request', undefined, []],
  ])('%s', (_, request, values) => {
    expect(headerValues(request, 'X-API-Key')).toEqual(values);
  });

  it('a value that looks like a name is none', () => {
    expect(headerValues({ rawHeaders: ['a', 'x-api-key', 'b', 'c'] }, 'x-api-key')).toEqual([]);
  });
});
