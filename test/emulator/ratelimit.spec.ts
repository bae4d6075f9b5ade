import { describe, expect, test } from 'vitest';
import { errorType } from './support/client.js';
import { NOON, useFreshEmulator } from './support/emulator.js';

const emulator = useFreshEmulator();
const HOUR = 3_600_000;
const limit = (identifier: string, more: object = {}) =>
  emulator.client.data('ratelimit.limit', { namespace: 'n', identifier, limit: 2, duration: HOUR, ...more });
const override = (identifier: string, most: number, duration = HOUR) =>
  emulator.client.data('ratelimit.setOverride', { namespace: 'n', identifier, limit: most, duration });

describe('a limit', () => {
  test('keeps its counter if `limit` changes, and starts a new one if `duration` changes', async () => {
    await limit('i');
    expect((await limit('i', { limit: 5 })).remaining).toBe(3);
    expect((await limit('i', { duration: 2 * HOUR })).remaining).toBe(1);
  });
});

describe('an override', () => {
  test.for<[identifier: string, effective: number]>([
    ['vip', 100],
    ['corp_7', 50],
    ['corp_', 50],
    ['a-middle-z', 30],
    ['a-z', 2],
    ['CORP_7', 2],
    ['corp', 2],
    ['a.c', 7],
    ['abc', 2],
  ])('for %s: the limit is %i', async ([identifier, effective]) => {
    await limit('first');
    await override('vip', 100);
    await override('corp_*', 50);
    await override('a-*-z', 30);
    await override('a.c', 7);
    expect((await limit(identifier)).limit).toBe(effective);
  });

  test('for an exact identifier precedes patterns; of several patterns, the first in order applies', async () => {
    await limit('first');
    await override('zz*', 3);
    await override('*q', 5);
    await override('z*', 4);
    await override('zzq', 9);
    expect((await limit('zzq')).limit).toBe(9);
    expect((await limit('zzzq')).limit).toBe(5);
    expect((await limit('zzz')).limit).toBe(4);
    await override('*', 6);
    expect((await limit('zzz')).limit).toBe(6);
  });

  test('is found by an identifier that it matches, changed and deleted by its own identifier', async () => {
    await limit('first');
    const { overrideId } = await override('corp_*', 50);
    expect((await override('corp_*', 60)).overrideId).toBe(overrideId);
    expect(
      await emulator.client.data('ratelimit.getOverride', { namespace: 'n', identifier: 'corp_1' }),
    ).toEqual({
      duration: HOUR,
      identifier: 'corp_*',
      limit: 60,
      overrideId,
    });
    const covered = await emulator.client.call('ratelimit.deleteOverride', {
      namespace: 'n',
      identifier: 'corp_1',
    });
    expect(errorType(covered)).toBe('unkey/data/ratelimit_override_not_found');
    await emulator.client.data('ratelimit.deleteOverride', { namespace: 'n', identifier: 'corp_*' });
    expect(await limit('corp_1')).not.toHaveProperty('overrideId');
  });

  test('of zero makes the call fail, and nothing is counted', async () => {
    await limit('i');
    await override('i', 0);
    const body = { namespace: 'n', identifier: 'i', limit: 2, duration: HOUR };
    const reply = await emulator.client.call('ratelimit.limit', body);
    expect([reply.status, errorType(reply)]).toEqual([500, 'unkey/application/unexpected_error']);
    await emulator.client.data('ratelimit.deleteOverride', { namespace: 'n', identifier: 'i' });
    expect((await limit('i')).remaining).toBe(0);
  });
});

describe('multiLimit', () => {
  const entry = (identifier: string, most: number, cost = 1) => ({
    namespace: 'n',
    identifier,
    limit: most,
    duration: HOUR,
    cost,
  });

  test('counts all limits or none; two limits on one counter count in order', async () => {
    const { client } = emulator;
    const twice = await client.data('ratelimit.multiLimit', [entry('a', 3, 2), entry('a', 3, 2)]);
    expect(twice).toEqual({
      passed: false,
      limits: [
        { namespace: 'n', identifier: 'a', limit: 3, passed: true, remaining: 3, reset: NOON + HOUR },
        { namespace: 'n', identifier: 'a', limit: 3, passed: false, remaining: 0, reset: NOON + HOUR },
      ],
    });
    const dear = await client.data('ratelimit.multiLimit', [
      entry('a', 5, 9),
      entry('a', 5, 1),
      entry('b', 5, 1),
    ]);
    expect(dear).toMatchObject({
      passed: false,
      limits: [
        { passed: false, remaining: 0 },
        { passed: false, remaining: 0 },
        { passed: true, remaining: 5 },
      ],
    });
    const passing = await client.data('ratelimit.multiLimit', [entry('a', 3, 2), entry('b', 3)]);
    expect(passing).toMatchObject({ passed: true, limits: [{ remaining: 1 }, { remaining: 2 }] });
  });
});

test('counters of old windows are deleted, those that still count are kept', async () => {
  const { clock } = emulator.unkey;
  const body = (from: number) =>
    Array.from({ length: 100 }, (_, i) => ({
      namespace: 'n',
      identifier: `${from + i}`,
      limit: 1,
      duration: 1000,
    }));
  await limit('kept', { limit: 9 });
  for (let from = 0; from < 10_100; from += 100)
    await emulator.client.data('ratelimit.multiLimit', body(from));
  clock.advance(2000);
  for (let from = 0; from < 200; from += 100) {
    expect(await emulator.client.data('ratelimit.multiLimit', body(from))).toMatchObject({ passed: true });
  }
  expect((await limit('kept', { limit: 9 })).remaining).toBe(7);
});
