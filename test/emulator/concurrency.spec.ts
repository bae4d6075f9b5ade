import { describe, expect, test } from 'vitest';
import { useFreshEmulator } from './support/emulator.js';

const emulator = useFreshEmulator();

const codes = async (calls: Promise<{ code: string }>[]): Promise<Record<string, number>> => {
  const count: Record<string, number> = {};
  for (const { code } of await Promise.all(calls)) count[code] = (count[code] ?? 0) + 1;
  return count;
};

describe('of concurrent verifications', () => {
  test('100 of 1,000 spend the 100 credits of a key', async () => {
    const { key } = await emulator.unkey.createKey({ credits: { remaining: 100 } });
    const calls = Array.from({ length: 1000 }, () => emulator.client.data('keys.verifyKey', { key }));
    expect(await codes(calls)).toEqual({ VALID: 100, USAGE_EXCEEDED: 900 });
  });

  test('100 of 1,000 pass a limit of 100', async () => {
    const ratelimits = [{ name: 'requests', limit: 100, duration: 60_000, autoApply: true }];
    const { key } = await emulator.unkey.createKey({ ratelimits });
    const calls = Array.from({ length: 1000 }, () => emulator.client.data('keys.verifyKey', { key }));
    expect(await codes(calls)).toEqual({ VALID: 100, RATE_LIMITED: 900 });
  });

  test('100 of 300 pass a limit of 100 that two keys share', async () => {
    const ratelimits = [{ name: 'shared', limit: 100, duration: 60_000, autoApply: true }];
    await emulator.client.data('identities.createIdentity', { externalId: 'team', ratelimits });
    const keys = [
      await emulator.unkey.createKey({ externalId: 'team' }),
      await emulator.unkey.createKey({ externalId: 'team' }),
    ];
    const calls = Array.from({ length: 300 }, (_, i) =>
      emulator.client.data('keys.verifyKey', { key: keys[i % 2]?.key }),
    );
    expect(await codes(calls)).toEqual({ VALID: 100, RATE_LIMITED: 200 });
  });
});

test('of 300 concurrent standalone limits, 100 pass', async () => {
  const body = { namespace: 'n', identifier: 'i', limit: 100, duration: 60_000 };
  const calls = Array.from({ length: 300 }, () => emulator.client.data('ratelimit.limit', body));
  const passed = (await Promise.all(calls)).filter(({ success }) => success);
  expect(passed).toHaveLength(100);
});
