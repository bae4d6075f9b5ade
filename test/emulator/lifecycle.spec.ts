import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UnkeyEmulator } from 'nestjs-unkey/emulator';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { clientOf } from './support/client.js';
import { NOON, useFreshEmulator } from './support/emulator.js';

const emulator = useFreshEmulator();

/** Runs a script as one who has installed the package. */
const runScript = (script: string) => {
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const options = { cwd, timeout: 120_000, encoding: 'utf8' } as const;
  return spawnSync(process.execPath, ['--input-type=module', '--eval', script], options);
};
afterEach(() => vi.unstubAllEnvs());

describe('start', () => {
  test('takes a port, a root key and a time', async () => {
    await using first = await UnkeyEmulator.start({ rootKey: 'root_of_mine', now: 1000 });
    expect(first.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(first.rootKey).toBe('root_of_mine');
    expect(first.clock.now()).toBe(1000);
    expect((await clientOf(first).call('keys.verifyKey', { key: 'x' })).status).toBe(200);
    const port = Number(new URL(first.url).port);
    await expect(UnkeyEmulator.start({ port })).rejects.toThrow(/EADDRINUSE/);
  });

  test('follows real time without `now`', async () => {
    await using unkey = await UnkeyEmulator.start();
    const before = Date.now();
    expect(unkey.clock.now()).toBeGreaterThanOrEqual(before);
    unkey.clock.advance(0);
    const stopped = unkey.clock.now();
    unkey.reset();
    expect(unkey.clock.now()).toBeGreaterThanOrEqual(stopped);
  });

  test.for<[options: object, sentence: RegExp]>([
    [{ port: -1 }, /^UnkeyEmulator: port must be a port from 0 to 65535, got -1\.$/],
    [{ port: '80' }, /port must be a port from 0 to 65535, got '80'/],
    [{ host: '' }, /host must be an address, got ''\.$/],
    [{ now: 'today' }, /now must be a time in Unix milliseconds, got 'today'/],
    [{ rootKey: 'a b' }, /rootKey must be printable ASCII without spaces/],
    [{ recordCalls: true }, /recordCalls must be a number of calls or false, got true\.$/],
    [{ prot: 1 }, /^UnkeyEmulator has no option 'prot'\.$/],
  ])('%j is rejected', async ([options, sentence]) => {
    await expect(UnkeyEmulator.start(options)).rejects.toThrow(sentence);
  });

  test('fails in production without allowProduction', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    await expect(UnkeyEmulator.start()).rejects.toThrow(/allowProduction/);
    const unkey = await UnkeyEmulator.start({ allowProduction: true });
    await unkey.close();
  });

  test('after close() it does not keep the process alive, even with refills and faults', () => {
    const script = `
      import { UnkeyEmulator } from 'nestjs-unkey/emulator';
      const unkey = await UnkeyEmulator.start();
      unkey.fail({ latency: 60_000 });
      fetch(unkey.url + '/v2/liveness').catch(() => undefined);
      await unkey.createKey({ credits: { remaining: 1, refill: { interval: 'daily', amount: 1 } } });
      while (unkey.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
      await unkey.close();
    `;
    const { status, stderr } = runScript(script);
    expect([status, stderr]).toEqual([0, '']);
  });
});

test('the example of the documentation runs', () => {
  const page = readFileSync(new URL('../../docs/emulator.md', import.meta.url), 'utf8');
  const example = /```ts\n([^]*?)```/.exec(page)?.[1] ?? '';
  expect(example).toContain('UnkeyEmulator.start()');
  const { status, stderr } = runScript(example);
  expect([status, stderr]).toEqual([0, '']);
});

describe('createKey', () => {
  test('creates a valid key, in the default API unless you name one', async () => {
    const { key, keyId } = await emulator.unkey.createKey({
      prefix: 'sk',
      permissions: ['a'],
      ratelimits: [{ name: 'requests', limit: 1, duration: 1000 }],
    });
    expect(key).toMatch(/^sk_[1-9A-HJ-NP-Za-km-z]{20,22}$/);
    expect(await emulator.client.data('keys.verifyKey', { key, permissions: 'a' })).toEqual({
      code: 'VALID',
      enabled: true,
      keyId,
      permissions: ['a'],
      valid: true,
    });
    const { apiId } = await emulator.client.data('apis.createApi', { name: 'mine' });
    const own = await emulator.unkey.createKey({ apiId });
    const [listed] = await emulator.client.data('apis.listKeys', { apiId });
    expect(listed.keyId).toBe(own.keyId);
  });

  test('treats its body as JSON', async () => {
    const meta = { at: new Date(0), nothing: undefined, list: [undefined] };
    const { key } = await emulator.unkey.createKey({ meta, name: undefined });
    const { meta: stored } = await emulator.client.data('keys.verifyKey', { key });
    expect(stored).toEqual({ at: '1970-01-01T00:00:00.000Z', list: [null] });
    await expect(emulator.unkey.createKey({ meta: { big: 1n } })).rejects.toThrow(
      /^unkey\.createKey: .*BigInt.*\.$/,
    );
  });

  test('is not recorded in calls', async () => {
    await emulator.unkey.createKey();
    expect(emulator.unkey.calls).toEqual([]);
  });

  test.for<[body: object, sentence: RegExp]>([
    [{ prefix: 'a-b' }, /^unkey\.createKey: prefix must match .*\.$/],
    [
      { foo: 1, credits: {} },
      /^unkey\.createKey: .*'foo'.*; .*'remaining'.*\.$|^unkey\.createKey: .*'remaining'.*\.$/,
    ],
    [{ apiId: 'api_unknown' }, /^unkey\.createKey: There is no API 'api_unknown'/],
    [{ roles: ['nobody'] }, /^unkey\.createKey: There is no role 'nobody'\.$/],
    [{ recoverable: true }, /^unkey\.createKey: .*vault/],
  ])('rejects %j with one sentence', async ([body, sentence]) => {
    await expect(emulator.unkey.createKey(body)).rejects.toThrow(sentence);
  });
});

describe('createRootKey', () => {
  test.for<[options: object, sentence: RegExp]>([
    [
      { permissions: 'api.*.verify_key' },
      /^unkey\.createRootKey: permissions must be a list of strings, got 'api\.\*\.verify_key'\.$/,
    ],
    [{ enabled: 0 }, /enabled must be true or false, got 0\.$/],
    [{ expires: 'never' }, /expires must be a time in Unix milliseconds, got 'never'\.$/],
    [{ permission: [] }, /^unkey\.createRootKey has no option 'permission'\.$/],
  ])('rejects %j', ([options, sentence]) => {
    expect(() => emulator.unkey.createRootKey(options)).toThrow(sentence);
  });
});

describe('calls', () => {
  test('records HTTP requests with operation, body, headers and time', async () => {
    await emulator.client.call('keys.verifyKey', { key: 'x' }, { 'X-Custom': 'yes' });
    emulator.unkey.clock.advance(5);
    await fetch(`${emulator.unkey.url}/v2/keys.nothing`, { method: 'POST', body: '{' });
    await emulator.client.send('keys.verifyKey', '{');
    await fetch(`${emulator.unkey.url}/v2/liveness`);
    expect(emulator.unkey.calls).toMatchObject([
      { operation: 'keys.verifyKey', body: { key: 'x' }, headers: { 'x-custom': 'yes' }, at: NOON },
      { operation: 'keys.nothing', body: undefined, at: NOON + 5 },
      { operation: 'keys.verifyKey', body: '{' },
      { operation: 'liveness', body: undefined },
    ]);
    expect(emulator.unkey.calls[0]?.headers.authorization).toBe(`Bearer ${emulator.unkey.rootKey}`);
  });

  test.for<[recordCalls: number | false, kept: string[]]>([
    [2, ['b', 'c']],
    [false, []],
  ])('recordCalls: %s', async ([recordCalls, kept]) => {
    await using unkey = await UnkeyEmulator.start({ recordCalls });
    for (const key of ['a', 'b', 'c']) await clientOf(unkey).call('keys.verifyKey', { key });
    expect(unkey.calls.map(({ body }) => body)).toEqual(kept.map((key) => ({ key })));
  });
});

describe('reset', () => {
  test('deletes everything but the root key', async () => {
    const { key } = await emulator.unkey.createKey();
    const other = emulator.unkey.createRootKey();
    emulator.unkey.reset();
    expect(emulator.unkey.calls).toEqual([]);
    expect((await emulator.client.data('keys.verifyKey', { key })).code).toBe('NOT_FOUND');
    expect((await clientOf(emulator.unkey, other).call('keys.verifyKey', { key })).status).toBe(401);
    expect((await emulator.unkey.createKey()).keyId).toMatch(/^key_/);
  });
});
