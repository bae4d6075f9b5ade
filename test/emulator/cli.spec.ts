import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { RawConnection } from './support/raw-connection.js';
import { call, useShells } from './support/shell.js';

const shells = useShells();

describe('nestjs-unkey dev', () => {
  test('prints its URL and a working command', async () => {
    const shell = shells.dev('--root-key', 'my_root');
    const emulator = await shell.listening();
    expect(emulator.rootKey).toBe('my_root');
    expect((await call(emulator, 'apis.createApi', { name: 'mine' })).apiId).toMatch(/^api_/);
    expect(shell.output).toContain(
      `curl ${emulator.url}/v2/apis.createApi -H 'Authorization: Bearer my_root'`,
    );
  });

  test('prints one line per request, with the key shortened; none with --quiet', async () => {
    const seed = shells.seedFile({ keys: [{ key: 'sk_live_0123456789abcdef' }] });
    const shell = shells.dev('--seed', seed);
    const emulator = await shell.listening();
    await call(emulator, 'keys.verifyKey', { key: 'sk_live_0123456789abcdef' });
    await call(emulator, 'keys.getKey', { keyId: 'key_unknown' });
    const output = await shell.prints('key_not_found');
    expect(output).toMatch(/\nkeys\.verifyKey +200 VALID +\d+\.\d ms sk_live_0123… key_\w{9}\n/);
    expect(output).toMatch(/\nkeys\.getKey +404 key_not_found +\d+\.\d ms key_unknown\n/);
    expect(output.split('curl ')[1]?.split('\n').slice(1).join('\n')).not.toContain('0123456789abcdef');

    const quiet = shells.dev('--quiet');
    const silent = await quiet.listening();
    await call(silent, 'keys.verifyKey', { key: 'x' });
    quiet.signal('SIGTERM');
    expect(await quiet.ends()).toBe(0);
    expect(quiet.output).not.toMatch(/200/);
  });

  test('a line has the key id, the requested permissions and the remaining credits', async () => {
    const seed = shells.seedFile({
      keys: [
        { key: 'sk_live_aaaa0001', name: 'alice', credits: { remaining: 3 }, permissions: ['read'] },
        {
          key: 'sk_live_aaaa0002',
          name: 'bob\nkeys.verifyKey 200 VALID\u001b[2J\u2028',
          credits: { remaining: 2 },
        },
        { key: 'sk_live_aaaa0003' },
      ],
    });
    const shell = shells.dev('--seed', seed);
    const emulator = await shell.listening();
    const verify = (n: number, more: object = {}) =>
      call(emulator, 'keys.verifyKey', { key: `sk_live_aaaa000${n}`, ...more });
    await verify(1, { permissions: 'read OR\nwrite' });
    await verify(2);
    await verify(3, { permissions: 'write' });
    const output = await shell.prints('permissions: write');
    const lines = output.split('\n').filter((line) => line.startsWith('keys.verifyKey '));
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/ sk_live_… key_\w{9} 'alice' permissions: read OR\?write 2 credits left$/);
    expect(lines[1]).toMatch(/ sk_live_… key_\w{9} 'bob\?keys\.verifyKey 200 VALID\?\[2J\?' 1 credit left$/);
    expect(lines[2]).toMatch(/ 200 INSUFFICIENT_PERMISSIONS .* sk_live_… key_\w{9} permissions: write$/);
  });

  test('--version prints the version of the package', async () => {
    const packageJson = readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8');
    const shell = shells.run(['--version']);
    expect(await shell.ends()).toBe(0);
    expect(shell.output).toBe(`${JSON.parse(packageJson).version}\n`);
  });

  test.for<NodeJS.Signals>(['SIGINT', 'SIGTERM'])('exits cleanly on %s', async (signal) => {
    const shell = shells.dev();
    await shell.listening();
    shell.signal(signal);
    expect(await shell.ends()).toBe(0);
    expect(shell.errors).toBe('');
  });

  test('--help prints every option', async () => {
    const shell = shells.run(['--help']);
    expect(await shell.ends()).toBe(0);
    const options = [
      'port',
      'host',
      'root-key',
      'allow-host',
      'seed',
      'state',
      'keyspaces',
      'no-page',
      'quiet',
      'allow-production',
    ];
    for (const option of [...options, 'version', 'help']) {
      expect(shell.output).toContain(`--${option}`);
    }
  });
});

describe('the default root key', () => {
  test('is the same at every start', async () => {
    const [first, second] = [shells.dev(), shells.dev()];
    const { rootKey } = await first.listening();
    expect(rootKey).toMatch(/^unkey_dev_/);
    expect((await second.listening()).rootKey).toBe(rootKey);
  });

  test('is not used with --state, which keeps a random one', async () => {
    const { rootKey } = await shells.dev('--state', 'state').listening();
    expect(rootKey).toMatch(/^unkey_(?!dev_)\w{20,}$/);
  });

  test('accepts requests under /v2 only if Host is this machine', async () => {
    const { url, rootKey } = await shells.dev('--allow-host', 'unkey.internal').listening();
    const answerTo = async (host: string): Promise<string> => {
      const raw = new RawConnection({ url });
      const head = `Authorization: Bearer ${rootKey}\r\nContent-Type: application/json\r\nContent-Length: 11`;
      raw.write(
        `POST /v2/keys.verifyKey HTTP/1.1\r\nHost: ${host}\r\n${head}\r\nConnection: close\r\n\r\n{"key":"x"}`,
      );
      return raw.untilClosed();
    };
    expect(await answerTo('localhost:7070')).toMatch(/^HTTP\/1\.1 200 [^]*"NOT_FOUND"/);
    expect(await answerTo('unkey.internal')).toMatch(/^HTTP\/1\.1 200 [^]*"NOT_FOUND"/);
    expect(await answerTo('evil.example')).toMatch(
      /^HTTP\/1\.1 403 [^]*\/errors\/unkey\/authorization\/forbidden"/,
    );
  });

  test('with a root key of your own, every Host is accepted', async () => {
    const { url } = await shells.dev('--root-key', 'my_root').listening();
    const raw = new RawConnection({ url });
    raw.write('GET /v2/liveness HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
    expect(await raw.untilClosed()).toMatch(/^HTTP\/1\.1 200 /);
  });

  test.for([
    ['--root-key', 'my_root'],
    ['--state', 'state'],
  ])('is not used with %s, so other addresses are allowed', async (option) => {
    const { url } = await shells.dev('--host', '0.0.0.0', ...option).listening();
    expect((await fetch(`${url}/v2/liveness`)).status).toBe(200);
  });
});

describe('errors are one sentence', () => {
  test.for<[args: string[], exitCode: number, sentence: RegExp]>([
    [[], 2, /^No command given; see nestjs-unkey --help\.\n$/],
    [['serve'], 2, /^Unknown command 'serve'; see/],
    [['dev', 'now'], 2, /^Unexpected argument 'now' after dev; see/],
    [['dev', '--nothing'], 2, /^Unknown option '--nothing'; see/],
    [['dev', '--port'], 2, /^Option '--port <value>' argument missing; see/],
    [['dev', '--port', '70700'], 2, /^--port must be a number from 0 to 65535, got '70700'; see/],
    [['dev', '--root-key', 'a b'], 2, /^--root-key must be printable ASCII without spaces; see/],
    [
      ['dev', '--host', '0.0.0.0'],
      2,
      /^With --host 0\.0\.0\.0 other machines can reach the emulator, so --root-key or --state is required; see/,
    ],
    [
      ['dev', '--host', '::'],
      2,
      /^With --host :: other machines can reach the emulator, so --root-key or --state is required; see/,
    ],
    [
      ['dev', '--root-key', 'a', '--allow-host', 'b'],
      2,
      /^--allow-host has no effect with --root-key or --state/,
    ],
    [['dev', '--seed', ''], 2, /^--seed needs a value; see/],
    [['dev', '--seed', 'none.json'], 1, /^The seed file none\.json cannot be read: it does not exist\.\n$/],
    [['dev', '--seed', '.'], 1, /^The seed file \. cannot be read: it is a folder\.\n$/],
    [['dev', '--state', '.'], 1, /^The state file \. cannot be read: it is a folder\.\n$/],
    [
      ['dev', '--port', '0', '--state', 'none/state'],
      1,
      /^The state file none\/state cannot be written: it does not exist\.\n$/,
    ],
    [
      ['dev', '--port', '0', '--host', '203.0.113.1', '--root-key', 'my_root'],
      1,
      /^The emulator cannot listen on 203\.0\.113\.1, port 0: .*\.\n$/,
    ],
  ])('%j', async ([args, exitCode, sentence]) => {
    const shell = shells.run(args);
    expect(await shell.ends()).toBe(exitCode);
    expect(shell.errors).toMatch(sentence);
    expect(shell.output).toBe('');
  });

  test('a port that is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const shell = shells.run(['dev', '--port', port]);
    expect(await shell.ends()).toBe(1);
    expect(shell.errors).toBe(`Port ${port} is in use; choose another one with --port.\n`);
    server.close();
  });

  test('production, without --allow-production', async () => {
    const refused = shells.run(['dev', '--port', '0'], { NODE_ENV: 'production' });
    expect(await refused.ends()).toBe(1);
    expect(refused.errors).toMatch(
      /^The emulator does not start if NODE_ENV is production, .*--allow-production\.\n$/,
    );
    const wanted = shells.run(['dev', '--port', '0', '--allow-production'], { NODE_ENV: 'production' });
    await wanted.listening();
  });
});

describe('--seed', () => {
  test('creates the data of the file', async () => {
    const seed = shells.seedFile({
      rootKeys: [{ key: 'verify_only', permissions: ['api.api_shop0001.verify_key'] }],
      permissions: [{ slug: 'documents.list', description: 'lists' }],
      roles: [{ name: 'reader', permissions: ['documents.read', 'documents.list'] }],
      identities: [
        {
          externalId: 'team',
          meta: { tier: 2 },
          ratelimits: [{ name: 'shared', limit: 5, duration: 60_000, autoApply: true }],
        },
      ],
      apis: [
        {
          id: 'api_shop0001',
          name: 'shop',
          keys: [
            {
              key: 'shop_live_alice',
              name: 'alice',
              externalId: 'team',
              roles: ['reader'],
              permissions: ['documents.write'],
              meta: { plan: 'pro' },
              credits: { remaining: 10 },
            },
            { key: 'shop_old', expires: 1 },
          ],
        },
        { name: 'inside', ipWhitelist: ['10.0.0.1'], deleteProtection: true, keys: [{ key: 'inside' }] },
      ],
      keys: [{ key: 'lonely', enabled: false }],
      namespaces: [{ name: 'mail', overrides: [{ identifier: 'vip*', limit: 100, duration: 60_000 }] }],
    });
    const shell = shells.dev('--seed', seed);
    const emulator = await shell.listening();
    expect(shell.output).toMatch(/Other root keys.*\n +verify_only {2}api\.api_shop0001\.verify_key\n/);
    expect(shell.output).toContain('3 APIs, 4 keys, 1 identity, 1 role, 3 permissions, 2 root keys');
    const verify = (key: string, rootKey = emulator.rootKey) =>
      call({ ...emulator, rootKey }, 'keys.verifyKey', { key });
    expect(await verify('shop_live_alice', 'verify_only')).toMatchObject({
      code: 'VALID',
      credits: 9,
      identity: { externalId: 'team', meta: { tier: 2 } },
      meta: { plan: 'pro' },
      name: 'alice',
      permissions: ['documents.write', 'documents.read', 'documents.list'],
      ratelimits: [{ name: 'shared', remaining: 4 }],
    });
    expect((await call(emulator, 'keys.whoami', { key: 'shop_live_alice' })).start).toBe('shop_live_alic');
    expect((await verify('shop_old')).code).toBe('EXPIRED');
    expect((await verify('inside')).code).toBe('FORBIDDEN');
    expect((await verify('inside', 'verify_only')).code).toBe('NOT_FOUND');
    expect((await verify('lonely')).code).toBe('DISABLED');
    const limit = { namespace: 'mail', identifier: 'vip7', limit: 1, duration: 60_000 };
    expect((await call(emulator, 'ratelimit.limit', limit)).limit).toBe(100);
  });

  test('accepts the seed in the documentation', async () => {
    const page = readFileSync(fileURLToPath(new URL('../../docs/emulator.md', import.meta.url)), 'utf8');
    const seed = shells.seedFile(/```json\n([^]*?)```/.exec(page)![1]!);
    const emulator = await shells.dev('--seed', seed).listening();
    const rootKey = 'verify_only';
    const verified = await call({ ...emulator, rootKey }, 'keys.verifyKey', { key: 'shop_live_alice' });
    expect(verified).toMatchObject({ code: 'VALID', credits: 99 });
  });

  test('imports keys of another system', async () => {
    const { createHash } = await import('node:crypto');
    const seed = shells.seedFile({
      apis: [{ id: 'api_shop0001', name: 'shop' }],
      migrations: [
        { id: 'from_seam', algorithm: 'seam' },
        { id: 'other_seam', algorithm: 'seam' },
      ],
    });
    const emulator = await shells.dev('--seed', seed).listening();
    const hashed = (secret: string): string => createHash('sha256').update(secret).digest('hex');
    const migrationId = 'from_seam';
    const migrate = (...keys: object[]) =>
      call(emulator, 'keys.migrateKeys', { migrationId, apiId: 'api_shop0001', keys });
    const hash = hashed('secret');
    const { migrated } = await migrate({ hash, credits: { remaining: 5 } });
    expect(migrated).toMatchObject([{ hash }]);
    // Its identity, roles and permissions are created although its hash is in use.
    expect(await migrate({ hash, externalId: 'late' }, { hash })).toMatchObject({
      failed: [hash],
      migrated: [],
    });
    expect((await call(emulator, 'identities.getIdentity', { identity: 'late' })).externalId).toBe('late');
    const twice = await migrate({ hash: hashed('new') }, { hash: hashed('new') });
    expect([twice.status, twice.detail]).toEqual([500, '']);

    const key = 'seam_abcdef_secret';
    expect((await call(emulator, 'keys.verifyKey', { key })).code).toBe('NOT_FOUND');
    // Another migration finds the key and does not change its hash.
    const other = await call(emulator, 'keys.verifyKey', { key, migrationId: 'other_seam' });
    expect(other).toMatchObject({ code: 'VALID', credits: 4 });
    expect((await call(emulator, 'keys.verifyKey', { key })).code).toBe('NOT_FOUND');
    expect(await call(emulator, 'keys.verifyKey', { key, migrationId })).toMatchObject({
      code: 'VALID',
      credits: 3,
    });
    expect(await call(emulator, 'keys.verifyKey', { key })).toMatchObject({ code: 'VALID', credits: 2 });
    expect((await call(emulator, 'keys.whoami', { key })).start).toBe('seam_abcd');
    expect((await call(emulator, 'keys.verifyKey', { key: 'seam_x', migrationId })).status).toBe(400);

    for (const [text, start] of [
      ['pre__longX', 'pre__lon'],
      ['my_company_short_longY', 'my_company_shor'],
      ['p_a_b', 'p_a_b'],
    ] as const) {
      await migrate({ hash: hashed(text.split('_').at(-1) ?? '') });
      expect((await call(emulator, 'keys.verifyKey', { key: text, migrationId })).code).toBe('VALID');
      expect((await call(emulator, 'keys.whoami', { key: text })).start).toBe(start);
    }

    await migrate({ hash: hashed('cut') });
    const cut = await call(emulator, 'keys.verifyKey', { key: 'p_abcé_cut', migrationId });
    expect([cut.status, cut.type]).toEqual([
      500,
      'https://unkey.com/docs/errors/unkey/application/unexpected_error',
    ]);
  });

  test.for<[seed: unknown, place: string]>([
    ['{', 'is not valid JSON'],
    [[], 'the document must be of type object'],
    [{ keyes: [] }, "the document has unknown members: 'keyes'"],
    [{ keys: [{ key: 'a' }, {}] }, "keys[1] lacks 'key'"],
    [
      { apis: [{ name: 'shop', keys: [{ key: 'a', credits: {} }] }] },
      "apis[0].keys[0].credits lacks 'remaining'",
    ],
    [{ roles: [{ name: 'r', permissions: ['a b'] }] }, 'roles[0].permissions[0] must match'],
    [{ keys: [{ key: 'a' }, { key: 'a' }] }, 'keys[1]: the key already exists'],
    [
      { apis: [{ name: 'shop', keys: [{ key: 'a', roles: ['x'] }] }] },
      "apis[0].keys[0]: There is no role 'x'",
    ],
    [{ roles: [{ name: 'r' }, { name: 'R' }] }, "roles[1]: the role 'R' already exists"],
  ])('%j is rejected: %s', async ([seed, place]) => {
    const shell = shells.dev('--seed', shells.seedFile(seed));
    expect(await shell.ends()).toBe(1);
    expect(shell.errors).toContain(place);
    expect(shell.errors.trim().split('\n')).toHaveLength(1);
  });
});
