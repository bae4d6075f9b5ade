import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readState, stateOn, type StateCarrier } from './request-state.js';

describe('the state of a request', () => {
  it('is the same object for the same scope', () => {
    const request: StateCarrier = {};
    expect(stateOn(request, 'a')).toBe(stateOn(request, 'a'));
    expect(readState(request)).toBe(stateOn(request, 'a'));
  });

  it('is a different one for each scope', () => {
    const request: StateCarrier = {};
    const [a, b] = [stateOn(request, 'a'), stateOn(request, 'b')];
    expect(a).not.toBe(b);
    expect(stateOn(request, 'a')).toBe(a);
  });

  it.each([
    ['a spread', (request: StateCarrier) => ({ ...request })],
    ['Object.assign', (request: StateCarrier) => Object.assign({}, request)],
    ['Object.create', (request: StateCarrier) => Object.create(request) as StateCarrier],
    ['a deep copy that keeps symbols', deepCopy],
  ])('does not belong to a copy made by %s', (_, copyOf) => {
    const request: StateCarrier = {};
    stateOn(request, 'a').decided = true;
    const copy = copyOf(request);
    expect(readState(copy)).toBeUndefined();
    expect(stateOn(copy, 'a').decided).toBe(false);
    expect(readState(request)?.decided).toBe(true);
  });

  it('shows nothing when the request is printed', () => {
    const request: StateCarrier = {};
    void stateOn(request, 'the scope').verification('the key', {}, () => ({ valid: true, code: 'VALID' }));
    expect(inspect(request, { depth: 10, showHidden: true })).not.toMatch(/the key|the scope/);
  });
});

/** Copies as lodash's `cloneDeep` does: symbols too, and instances of classes without their private fields. */
function deepCopy(value: StateCarrier): StateCarrier {
  const copy: object = Object.create(Object.getPrototypeOf(value));
  for (const name of Reflect.ownKeys(value)) {
    const member: unknown = Reflect.get(value, name);
    Reflect.set(copy, name, typeof member === 'object' && member !== null ? deepCopy(member) : member);
  }
  return copy;
}
