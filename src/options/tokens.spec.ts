import { describe, expect, it } from 'vitest';
import {
  getUnkeyOptionsToken,
  getUnkeyServiceToken,
  getUnkeyToken,
  instanceOfToken,
  tokenOf,
  UNKEY_CLIENT,
  UNKEY_OPTIONS,
  UNKEY_RESOLVED_OPTIONS,
  UNKEY_SERVICE,
} from './tokens.js';

describe('tokens of instances', () => {
  it('without a name are those that existed before names', () => {
    expect(getUnkeyToken()).toBe(UNKEY_CLIENT);
    expect(getUnkeyServiceToken()).toBe(UNKEY_SERVICE);
    expect(getUnkeyOptionsToken()).toBe(UNKEY_OPTIONS);
  });

  it('with a name are the same in every copy of the package', () => {
    expect(getUnkeyServiceToken('partners')).toBe(Symbol.for('nestjs-unkey:service:partners'));
  });

  it.each(['partners', 'a:b', '__proto__', 'name with spaces'])('contain the name %o', (name) => {
    expect(instanceOfToken(tokenOf(UNKEY_RESOLVED_OPTIONS, name))).toEqual({ name });
  });

  it.each([
    [UNKEY_RESOLVED_OPTIONS, { name: undefined }],
    [UNKEY_SERVICE, false],
    [Symbol('nestjs-unkey:resolved-options:local'), false],
    ['nestjs-unkey:resolved-options:text', false],
    [class {}, false],
  ])('tell whether an instance has its options under %o', (token, instance) => {
    expect(instanceOfToken(token)).toEqual(instance);
  });
});
