import { describe, expect, test } from 'vitest';
import { NOON, useFreshEmulator } from './support/emulator.js';

const emulator = useFreshEmulator();
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const verify = (key: string, more: object = {}) => emulator.client.data('keys.verifyKey', { key, ...more });

describe('the clock', () => {
  test('is frozen until it is moved, and a reset restores it', () => {
    const { clock } = emulator.unkey;
    expect(clock.now()).toBe(NOON);
    clock.advance(1500);
    expect(clock.now()).toBe(NOON + 1500);
    clock.set(0);
    expect(clock.now()).toBe(0);
    emulator.unkey.reset();
    expect(clock.now()).toBe(NOON);
  });

  test.for<[method: 'advance' | 'set', ms: number]>([
    ['advance', -1],
    ['advance', Number.NaN],
    ['set', -1],
    ['set', Number.POSITIVE_INFINITY],
  ])('%s(%s) throws a TypeError', ([method, ms]) => {
    expect(() => emulator.unkey.clock[method](ms)).toThrow(TypeError);
  });

  test('a key is valid at its expiry time and expired one millisecond later', async () => {
    const { key } = await emulator.unkey.createKey({ expires: NOON + 1000 });
    emulator.unkey.clock.advance(1000);
    expect((await verify(key)).code).toBe('VALID');
    emulator.unkey.clock.advance(1);
    expect(await verify(key)).toMatchObject({ code: 'EXPIRED', expires: NOON + 1000 });
  });
});

describe('a refill raises the credits to its amount', () => {
  test.for<[name: string, refill: object, moments: [time: number, credits: number][]]>([
    [
      'daily: at midnight UTC',
      { interval: 'daily', amount: 10 },
      [
        [NOON + 12 * HOUR - 1, 4],
        [NOON + 12 * HOUR, 10],
      ],
    ],
    [
      'monthly: on its day',
      { interval: 'monthly', amount: 10, refillDay: 20 },
      [
        [Date.UTC(2030, 4, 20) - 1, 4],
        [Date.UTC(2030, 4, 20), 10],
      ],
    ],
    [
      'monthly, on a day that has passed: next month',
      { interval: 'monthly', amount: 10, refillDay: 1 },
      [
        [Date.UTC(2030, 5, 1) - 1, 4],
        [Date.UTC(2030, 5, 1), 10],
      ],
    ],
    [
      'monthly on the 31st: the last day of a shorter month',
      { interval: 'monthly', amount: 10, refillDay: 31 },
      [
        [Date.UTC(2030, 4, 31) - 1, 4],
        [Date.UTC(2030, 4, 31), 10],
      ],
    ],
  ])('%s', async ([, refill, moments]) => {
    const { key } = await emulator.unkey.createKey({ credits: { remaining: 5, refill } as never });
    expect((await verify(key)).credits).toBe(4);
    for (const [time, credits] of moments) {
      emulator.unkey.clock.set(time);
      expect((await verify(key, { credits: { cost: 0 } })).credits).toBe(credits);
    }
  });

  test.for<[year: number, month: number, lastDay: number]>([
    [2030, 6, 30],
    [2031, 2, 28],
    [2032, 2, 29],
    [2030, 7, 31],
  ])('refillDay 31 in %i-%i is the %ith', async ([year, month, lastDay]) => {
    emulator.unkey.clock.set(Date.UTC(year, month - 1, 2));
    const refill = { interval: 'monthly', amount: 10, refillDay: 31 } as const;
    const { key } = await emulator.unkey.createKey({ credits: { remaining: 0, refill } });
    emulator.unkey.clock.set(Date.UTC(year, month - 1, lastDay) - 1);
    expect((await verify(key)).code).toBe('USAGE_EXCEEDED');
    emulator.unkey.clock.advance(1);
    expect(await verify(key)).toMatchObject({ code: 'VALID', credits: 9 });
  });

  test('once, even if several were missed, and never reduces the credits', async () => {
    const refill = { interval: 'daily', amount: 10 } as const;
    const { key } = await emulator.unkey.createKey({ credits: { remaining: 50, refill } });
    emulator.unkey.clock.advance(7 * DAY);
    expect((await verify(key)).credits).toBe(49);
  });

  test('an unlimited key with a refill becomes limited again', async () => {
    const refill = { interval: 'daily', amount: 3 } as const;
    const { key, keyId } = await emulator.unkey.createKey({ credits: { remaining: 1, refill } });
    const unlimited = await emulator.client.data('keys.updateCredits', { keyId, operation: 'set' });
    expect(unlimited).toEqual({ remaining: null, refill: { interval: 'daily', amount: 3 } });
    expect(await verify(key)).not.toHaveProperty('credits');
    emulator.unkey.clock.advance(DAY);
    expect((await verify(key)).credits).toBe(2);
  });
});

describe('the previous window counts with the share that the sliding window covers', () => {
  const take = async (cost: number) => {
    const body = { namespace: 'vectors', identifier: 'one', limit: 10, duration: 60_000, cost };
    const { success, remaining, reset } = await emulator.client.data('ratelimit.limit', body);
    return { success, remaining, reset };
  };

  test.for<
    [current: number, previous: number, fraction: number, cost: number, success: boolean, remaining: number]
  >([
    [0, 0, 0, 1, true, 9],
    [9, 0, 0, 1, true, 0],
    [10, 0, 0, 0, true, 0],
    [10, 0, 0, 1, false, 0],
    [5, 10, 0.5, 1, false, 0],
    [5, 10, 0.99, 1, true, 4],
    [0, 0, 0, 100, false, 0],
  ])(
    '%i now, %i before, at %d: cost %i → %s, %i remaining',
    async ([current, previous, fraction, cost, success, remaining]) => {
      const { clock } = emulator.unkey;
      await take(previous);
      // Counted at the end of the window, where the previous one no longer counts.
      clock.set(NOON + 119_999);
      await take(current);
      clock.set(NOON + 60_000 + fraction * 60_000);
      expect(await take(cost)).toEqual({ success, remaining, reset: NOON + 120_000 });
    },
  );

  test('and two windows later it no longer counts', async () => {
    await take(10);
    emulator.unkey.clock.advance(120_000);
    expect(await take(0)).toMatchObject({ success: true, remaining: 10 });
  });
});
