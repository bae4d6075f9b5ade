import { describe, expect, it } from 'vitest';
import { headerValues } from './header-values.js';

describe('headerValues returns every value of a header', () => {
  it.each<[string, unknown, string[]]>([
    [
      'from rawHeaders, case-insensitively',
      { rawHeaders: ['X-Api-Key', 'a', 'Host', 'h', 'x-api-key', 'b'] },
      ['a', 'b'],
    ],
    [
      "from the rawHeaders of Node's own request on Fastify",
      { raw: { rawHeaders: ['x-api-key', 'a'] }, headers: {} },
      ['a'],
    ],
    ['from headers if there are no rawHeaders', { headers: { 'x-api-key': 'a' } }, ['a']],
    ['from headers if rawHeaders is empty', { rawHeaders: [], headers: { 'x-api-key': 'a' } }, ['a']],
    ['from a list', { headers: { 'x-api-key': ['a', 'b'] } }, ['a', 'b']],
    ['none if the header is missing', { headers: {} }, []],
    ['none without a request', undefined, []],
  ])('%s', (_, request, values) => {
    expect(headerValues(request, 'X-API-Key')).toEqual(values);
  });

  it('ignores a value that looks like the name', () => {
    expect(headerValues({ rawHeaders: ['a', 'x-api-key', 'b', 'c'] }, 'x-api-key')).toEqual([]);
  });
});
