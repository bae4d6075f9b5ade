import { describe, expect, it } from 'vitest';
import type { Verification } from '../contracts/verification.js';
import { deepFreeze } from './deep-freeze.js';
import { plainCopy } from './plain-copy.js';
import { finish, fromSource, verifiedKeyOf } from './verified-key-of.js';

const yes = (more: Partial<Verification> = {}): Verification => ({
  valid: true,
  code: 'VALID',
  keyId: 'key_1',
  meta: { plan: { name: 'pro' } },
  identity: { id: 'id_1', externalId: 'alice', meta: { seats: [1, 2] } },
  permissions: ['a', 'b', 'a'],
  ...more,
});

/** As JSON.parse gives it; deeper than any call stack. */
function nested(depth: number): Record<string, unknown> {
  return JSON.parse(`${'{"m":'.repeat(depth)}1${'}'.repeat(depth)}`) as Record<string, unknown>;
}

function unfrozenIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return [...(Object.isFrozen(value) ? [] : [value]), ...Object.values(value).flatMap(unfrozenIn)];
}

describe('a finished yes', () => {
  it('is frozen to its leaves, and so is its key', () => {
    const finished = finish(yes());
    for (const one of [finished, fromSource(finished, 'cache'), fromSource(finished, 'stale')]) {
      expect(unfrozenIn(one)).toEqual([]);
      expect(unfrozenIn(verifiedKeyOf(one))).toEqual([]);
    }
  });

  it('has one key, which is tidy', () => {
    const finished = finish(yes());
    expect(verifiedKeyOf(finished)).toBe(verifiedKeyOf(finished));
    expect(verifiedKeyOf(finished)).toEqual({
      ...yes(),
      requestId: '',
      permissions: ['a', 'b'],
      roles: [],
      ratelimits: [],
      source: 'unkey',
    });
  });

  it('shares what it holds with the same yes from the cache', () => {
    const finished = finish(yes());
    const cached = fromSource(finished, 'cache');
    expect(cached.meta).toBe(finished.meta);
    expect(verifiedKeyOf(cached).identity).toBe(verifiedKeyOf(finished).identity);
    expect([cached.source, verifiedKeyOf(cached).source]).toEqual(['cache', 'cache']);
  });

  it('gives no key to a copy or a descendant of it: that is tidied anew', () => {
    const finished = finish(yes());
    const other = { meta: { plan: 'free' } };
    const copy: Verification = { ...finished, ...other };
    const descendant = Object.create(finished, {
      meta: { value: other.meta, enumerable: true },
    }) as Verification;
    for (const one of [copy, descendant]) {
      expect(verifiedKeyOf(one).meta).toEqual({ plan: 'free' });
      expect(unfrozenIn(verifiedKeyOf(one))).toEqual([]);
    }
    // What a subclass returned stays the subclass's.
    expect(Object.isFrozen(other.meta)).toBe(false);
  });

  it('may be nested deeper than the call stack', () => {
    const finished = finish(yes({ meta: nested(100_000) }));
    expect(Object.isFrozen(verifiedKeyOf(fromSource(finished, 'cache')).meta?.['m'])).toBe(true);
    expect(Object.isFrozen(verifiedKeyOf({ ...finished, name: 'anew' }).meta?.['m'])).toBe(true);
  });
});

describe('a copy', () => {
  it('keeps a member named __proto__ a member', () => {
    const copy = plainCopy(JSON.parse('{"meta":{"__proto__":{"isAdmin":true}}}') as { meta: object });
    expect(Object.getPrototypeOf(copy.meta)).toBe(Object.prototype);
    expect(Object.keys(copy.meta)).toEqual(['__proto__']);
  });

  it('of a circle is a circle, and can be frozen', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const copy = deepFreeze(plainCopy(circle));
    expect(copy).not.toBe(circle);
    expect(copy.self).toBe(copy);
  });

  it('leaves dates, maps and buffers as they are', () => {
    const values = { at: new Date(0), by: new Map([[1, 2]]), bytes: Buffer.from('any') };
    expect(deepFreeze(plainCopy(values))).toEqual(values);
    expect(plainCopy(values).bytes).toBe(values.bytes);
  });
});
