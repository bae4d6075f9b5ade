import { UnkeyModule, UnkeyService, type UnkeyModuleOptions } from 'nestjs-unkey';
import { fakeVerifier, UnkeyEmulator } from 'nestjs-unkey/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startApp } from './support/app.js';
import { useUnkey } from './support/unkey.js';
import { upstream } from './support/upstream.js';

const server = useUnkey();

async function start(options: UnkeyModuleOptions = {}) {
  const { app, log } = await startApp('express', {
    imports: [UnkeyModule.forRoot({ ...server.options, breaker: false, ...options })],
  });
  const unkey = app.get(UnkeyService);
  return {
    unkey,
    log,
    warnings: () => log.of('warn', 'NOT_FOUND for the first 10 different keys'),
    /** Verifies unknown keys with these numbers. */
    verifyUnknown: (from: number, to: number) =>
      Promise.all(
        Array.from({ length: to - from + 1 }, (_, n) => unkey.verify(`unknown_${from + n}`).catch(() => {})),
      ),
  };
}

const calls = () => server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey');
const withoutPermission = () => server.unkey.createRootKey({ permissions: ['api.*.read_key'] });

describe('a warning that the root key may not verify the keys of this app', () => {
  it.each(['http', 'sdk'] as const)(
    'comes once, after 10 different keys that Unkey does not know, with the verifier %s',
    async (verifier) => {
      const { key } = await server.unkey.createKey({});
      const rootKey = withoutPermission();
      const { unkey, log, warnings, verifyUnknown } = await start({ rootKey, verifier });
      expect(await unkey.verify(key)).toMatchObject({ code: 'NOT_FOUND' });
      await verifyUnknown(1, 8);
      await verifyUnknown(1, 8);
      expect(warnings()).toEqual([]);
      await verifyUnknown(9, 9);
      expect(warnings()).toEqual([
        'Unkey returned NOT_FOUND for the first 10 different keys. If these keys exist, the root key cannot verify them: ' +
          'it lacks the permission api.<api id>.verify_key for their API, or it belongs to another workspace or Unkey server. ' +
          'Check the permissions of the root key in the Unkey dashboard, and "rootKey" and "baseUrl". UnkeyModule',
      ]);
      await verifyUnknown(10, 40);
      expect(warnings()).toHaveLength(1);
      const text = JSON.stringify(log.lines);
      for (const secret of [rootKey, key, 'unknown_']) expect(text).not.toContain(secret);
    },
  );

  it('comes once if the keys are verified at the same time', async () => {
    const { warnings, verifyUnknown } = await start();
    await verifyUnknown(1, 50);
    expect(warnings()).toHaveLength(1);
  });

  it.each<[string, object]>([
    ['valid', {}],
    ['disabled', { enabled: false }],
    ['expired', { expires: 1 }],
  ])('does not come if one of these keys is known: %s', async (_, body) => {
    const { key } = await server.unkey.createKey(body);
    const { unkey, warnings, verifyUnknown } = await start();
    await verifyUnknown(1, 9);
    await unkey.verify(key);
    await verifyUnknown(10, 30);
    expect(warnings()).toEqual([]);
  });

  it('does not come for answers that are not Unkey’s', async () => {
    const prefixed = await start({ keyPrefix: 'docs_' });
    await prefixed.verifyUnknown(1, 20);
    expect(prefixed.warnings()).toEqual([]);

    const cached = await start({ cache: true });
    for (let n = 0; n < 20; n++) await cached.verifyUnknown(1, 9);
    expect(cached.warnings()).toEqual([]);

    const verifier = await start({ verifier: fakeVerifier({}), client: false });
    await verifier.verifyUnknown(1, 20);
    expect(verifier.warnings()).toEqual([]);
  });

  it('does not come for keys that the option keyspaces rejects here, and names the option if Unkey rejects them', async () => {
    const emulator = await UnkeyEmulator.start({ keyspaces: true });
    onTestFinished(() => emulator.close());
    const options = { rootKey: emulator.rootKey, baseUrl: emulator.url };
    const { unkey, warnings } = await start({ ...options, keyspaces: ['ks_other'] });
    for (let n = 0; n < 10; n++) await unkey.verify((await emulator.createKey({})).key);
    expect(warnings()).toHaveLength(1);
    expect(warnings()[0]).toContain(
      'The option "keyspaces" can be the cause too, if it lacks their keyspace.',
    );

    // A server that ignores "keyspaces": the module itself then rejects the key.
    const data = { valid: true, code: 'VALID', keyId: 'key_1', keyspaceId: 'ks_here' };
    const baseUrl = await upstream((_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ meta: { requestId: 'req_1' }, data }));
    });
    const own = await start({ baseUrl, keyspaces: ['ks_other'] });
    expect(await own.unkey.verify('unknown_0')).toMatchObject({ code: 'NOT_FOUND' });
    await own.verifyUnknown(1, 20);
    expect(own.warnings()).toEqual([]);
  });

  it('does not come for verifications that fail', async () => {
    const { warnings, verifyUnknown } = await start();
    const outage = server.unkey.fail({ status: 500 });
    await verifyUnknown(1, 20);
    outage.clear();
    await verifyUnknown(21, 29);
    expect(warnings()).toEqual([]);
    await verifyUnknown(30, 30);
    expect(warnings()).toHaveLength(1);
  });
});

describe('UnkeyService.checkRootKey()', () => {
  const UNPROVEN = expect.stringContaining('Unkey knows the root key, but has not recognized any key');

  it.each(['http', 'sdk'] as const)(
    'does not know until Unkey has recognized a key, with the verifier %s',
    async (verifier) => {
      const { unkey } = await start({ verifier });
      expect(await unkey.checkRootKey()).toEqual({ ok: 'unknown', reason: UNPROVEN });
      await unkey.verify('unknown_key');
      expect(await unkey.checkRootKey()).toEqual({ ok: 'unknown', reason: UNPROVEN });
      await unkey.verify((await server.unkey.createKey({})).key);
      expect(await unkey.checkRootKey()).toEqual({ ok: true });
    },
  );

  it('knows after a key that is disabled, and after the warning', async () => {
    const { unkey, verifyUnknown } = await start();
    await verifyUnknown(1, 12);
    await unkey.verify((await server.unkey.createKey({ enabled: false })).key);
    expect(await unkey.checkRootKey()).toEqual({ ok: true });
  });

  it('cannot distinguish a root key without the permission from a valid one', async () => {
    const { unkey } = await start({ rootKey: withoutPermission() });
    await unkey.verify((await server.unkey.createKey({})).key);
    expect(await unkey.checkRootKey()).toEqual({ ok: 'unknown', reason: UNPROVEN });
  });

  it.each<[string, () => string, RegExp]>([
    ['unknown', () => 'unkey_nobody', /^Unkey does not know the root key \(401\)/],
    [
      'disabled',
      () => server.unkey.createRootKey({ permissions: ['api.*.verify_key'], enabled: false }),
      /^Unkey rejects the root key \(403\)/,
    ],
    [
      'expired',
      () => server.unkey.createRootKey({ permissions: ['api.*.verify_key'], expires: 1 }),
      /^Unkey rejects the root key \(403\)/,
    ],
  ])('says that a root key is %s', async (_, rootKeyOf, reason) => {
    const rootKey = rootKeyOf();
    for (const verifier of ['http', 'sdk'] as const) {
      const { unkey, log } = await start({ rootKey, verifier });
      const check = await unkey.checkRootKey();
      expect(check).toEqual({ ok: false, reason: expect.stringMatching(reason) });
      expect(JSON.stringify([check, log.lines])).not.toContain(rootKey);
    }
  });

  it.each<[string, object, string]>([
    ['500', { status: 500 }, 'Unkey did not check the root key: Unkey returned 500.'],
    ['404, as from another server', { status: 404 }, 'Unkey did not check the root key: Unkey returned 404.'],
    ['a lost connection', { reset: 'before' }, 'Unkey did not check the root key: no response ('],
    [
      'a valid answer for a key that cannot exist',
      { body: { meta: { requestId: 'req_1' }, data: { valid: true, code: 'VALID', keyId: 'key_1' } } },
      'Unkey returned VALID for a random key, which cannot exist.',
    ],
  ])('does not know after %s', async (_, fault, reason) => {
    const { unkey } = await start();
    server.unkey.fail(fault as never);
    expect(await unkey.checkRootKey()).toEqual({ ok: 'unknown', reason: expect.stringContaining(reason) });
  });

  it('does not know while the circuit breaker is open, and makes no call then', async () => {
    const { unkey, verifyUnknown } = await start({ breaker: { consecutiveFailures: 1 } });
    const outage = server.unkey.fail({ status: 500 });
    await verifyUnknown(1, 1);
    outage.clear();
    const before = calls().length;
    expect(await unkey.checkRootKey()).toEqual({
      ok: 'unknown',
      reason: 'Unkey did not check the root key: the circuit breaker is open.',
    });
    expect(calls()).toHaveLength(before);
  });

  it('verifies a new random key each time, with a cost of 0, and creates nothing', async () => {
    const { unkey, warnings } = await start({ permissions: 'api', tags: ['app'] });
    for (let n = 0; n < 12; n++) await unkey.checkRootKey();
    const bodies = server.unkey.calls.map(({ operation, body }) => ({ operation, body }));
    expect(bodies).toHaveLength(12);
    for (const { operation, body } of bodies) {
      expect(operation).toBe('keys.verifyKey');
      expect(body).toEqual({ key: expect.stringMatching(/^root_key_check_/), credits: { cost: 0 } });
    }
    expect(new Set(bodies.map(({ body }) => JSON.stringify(body)))).toHaveProperty('size', 12);
    // These keys are no callers' keys.
    expect(warnings()).toEqual([]);
  });
});
