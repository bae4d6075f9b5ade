import { describe, expect, it } from 'vitest';
import type { Verification } from '../contracts/verification.js';
import { deepFreeze } from './deep-freeze.js';
import { plainCopy } from './plain-copy.js';
import { finalize, withSource, verifiedKeyOf } from './verified-key-of.js';

const valid = (more: Partial<Verification> = {}): Verification => ({
  valid: true,
  code: 'VALID',
  keyId: 'key_1',
  meta: { plan: { name: 'pro' } },
  identity: { id: 'id_1', externalId: 'alice', meta: { seats: [1, 2] } },
  permissions: ['a', 'b', 'a'],
  ...more,
});

/** Nested as deeply as JSON.parse allows, deeper than the call stack. */
function nested(depth: number): Record<string, unknown> {
  return JSON.parse(`${'{"m":'.repeat(depth)}1${'}'.repeat(depth)}`) as Record<string, unknown>;
}

function unfrozenIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return [...(Object.isFrozen(value) ? [] : [value]), ...Object.values(value).flatMap(unfrozenIn)];
}

describe('a finalized verification', () => {
  it('is deep-frozen, and so is its key', () => {
    const finalized = finalize(valid());
    for (const one of [finalized, withSource(finalized, 'cache'), withSource(finalized, 'stale')]) {
      expect(unfrozenIn(one)).toEqual([]);
      expect(unfrozenIn(verifiedKeyOf(one))).toEqual([]);
    }
  });

  it('has one key, with normalized lists', () => {
    const finalized = finalize(valid());
    expect(verifiedKeyOf(finalized)).toBe(verifiedKeyOf(finalized));
    expect(verifiedKeyOf(finalized)).toEqual({
      ...valid(),
      requestId: '',
      permissions: ['a', 'b'],
      roles: [],
      ratelimits: [],
      source: 'unkey',
    });
  });

  it('shares its objects with the same verification from the cache', () => {
    const finalized = finalize(valid());
    const cached = withSource(finalized, 'cache');
    expect(cached.meta).toBe(finalized.meta);
    expect(verifiedKeyOf(cached).identity).toBe(verifiedKeyOf(finalized).identity);
    expect([cached.source, verifiedKeyOf(cached).source]).toEqual(['cache', 'cache']);
  });

  it('does not pass its key on to a copy or an object that inherits from it', () => {
    const finalized = finalize(valid());
    const other = { meta: { plan: 'free' } };
    const copy: Verification = { ...finalized, ...other };
    const descendant = Object.create(finalized, {
      meta: { value: other.meta, enumerable: true },
    }) as Verification;
    for (const one of [copy, descendant]) {
      expect(verifiedKeyOf(one).meta).toEqual({ plan: 'free' });
      expect(unfrozenIn(verifiedKeyOf(one))).toEqual([]);
    }
    // What a subclass returned is not frozen.
    expect(Object.isFrozen(other.meta)).toBe(false);
  });

  it('can be nested deeper than the call stack allows', () => {
    const finalized = finalize(valid({ meta: nested(100_000) }));
    expect(Object.isFrozen(verifiedKeyOf(withSource(finalized, 'cache')).meta?.['m'])).toBe(true);
    expect(Object.isFrozen(verifiedKeyOf({ ...finalized, name: 'other' }).meta?.['m'])).toBe(true);
  });
});

describe('a copy', () => {
  it('keeps a property named __proto__ as an ordinary property', () => {
    const copy = plainCopy(JSON.parse('{"meta":{"__proto__":{"isAdmin":true}}}') as { meta: object });
    expect(Object.getPrototypeOf(copy.meta)).toBe(Object.prototype);
    expect(Object.keys(copy.meta)).toEqual(['__proto__']);
  });

  it('of a cycle is a cycle, and can be frozen', () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    const copy = deepFreeze(plainCopy(cycle));
    expect(copy).not.toBe(cycle);
    expect(copy.self).toBe(copy);
  });

  it('does not copy or freeze dates, maps and buffers', () => {
    const values = { at: new Date(0), by: new Map([[1, 2]]), bytes: Buffer.from('any') };
    expect(deepFreeze(plainCopy(values))).toEqual(values);
    expect(plainCopy(values).bytes).toBe(values.bytes);
  });
});
