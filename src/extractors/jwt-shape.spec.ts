import { describe, expect, it } from 'vitest';
import { isJwtShape } from './jwt-shape.js';

describe('isJwtShape: a token that looks like a JWT', () => {
  it.each([
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
    'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.',
    'eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVy.dGFn',
    'eyJ..',
    'eyJ....',
    `eyJ${'a'.repeat(5000)}.b.c`,
  ])('%s', (token) => expect(isJwtShape(token)).toBe(true));

  it.each([
    '',
    'acme_3ZfQxyz',
    'eyJhbGciOiJIUzI1NiJ9',
    'eyJhbGci.b',
    'eyJhbGci.b.c.d',
    'eyJhbGci.b.c.d.e.f',
    'abc.def.ghi',
    'eyJhbGci.b.c=',
    'eyJhbGci.b c.d',
    ' eyJhbGci.b.c',
    'prefix_eyJhbGci.b.c',
  ])('not %j', (token) => expect(isJwtShape(token)).toBe(false));
});
