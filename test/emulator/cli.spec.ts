import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { call, useShells } from './support/shell.js';

const shells = useShells();

describe('nestjs-unkey dev', () => {
  test('prints where it listens and a command that works', async () => {
    const shell = shells.dev('--root-key', 'my_root');
    const emulator = await shell.listening();
    expect(emulator.rootKey).toBe('my_root');
    expect((await call(emulator, 'apis.createApi', { name: 'mine' })).apiId).toMatch(/^api_/);
    expect(shell.output).toContain(
      `curl ${emulator.url}/v2/apis.createApi -H 'Authorization: Bearer my_root'`,
    );
  });

  test('prints one line per request, the key shortened; none when quiet', async () => {
    const seed = shells.seedFile({ keys: [{ key: 'sk_live_0123456789abcdef' }] });
    const shell = shells.dev('--seed', seed);
    const emulator = await shell.listening();
    await call(emulator, 'keys.verifyKey', { key: 'sk_live_0123456789abcdef' });
    await call(emulator, 'keys.getKey', { keyId: 'key_unknown' });
    const output = await shell.prints('key_not_found');
    expect(output).toMatch(/\nkeys\.verifyKey +200 VALID +\d+\.\d ms sk_live_0123…\n/);
    expect(output).toMatch(/\nkeys\.getKey +404 key_not_found +\d+\.\d ms\n/);
    expect(output.split('curl ')[1]?.split('\n').slice(1).join('\n')).not.toContain('0123456789abcdef');

    const quiet = shells.dev('--quiet');
    const silent = await quiet.listening();
    await call(silent, 'keys.verifyKey', { key: 'x' });
    quiet.signal('SIGTERM');
    expect(await quiet.ends()).toBe(0);
    expect(quiet.output).not.toMatch(/200/);
  });

  test.for<NodeJS.Signals>(['SIGINT', 'SIGTERM'])('ends cleanly at %s', async (signal) => {
    const shell = shells.dev();
    await shell.listening();
    shell.signal(signal);
    expect(await shell.ends()).toBe(0);
    expect(shell.errors).toBe('');
  });

  test('--help prints every option', async () => {
    const shell = shells.run(['--help']);
    expect(await shell.ends()).toBe(0);
    for (const option of ['port', 'host', 'root-key', 'seed', 'state', 'quiet', 'allow-production', 'help']) {
      expect(shell.output).toContain(`--${option}`);
    }
  });
});

describe('what cannot be is one sentence', () => {
  test.for<[args: string[], exitCode: number, sentence: RegExp]>([
    [[], 2, /^There is no command; see nestjs-unkey --help\.\n$/],
    [['serve'], 2, /^There is no command 'serve'; see/],
    [['dev', 'now'], 2, /^The command dev takes no 'now'; see/],
    [['dev', '--nothing'], 2, /^Unknown option '--nothing'; see/],
    [['dev', '--port'], 2, /^Option '--port <value>' argument missing; see/],
    [['dev', '--port', '70700'], 2, /^The option --port takes 0 to 65535 and got '70700'; see/],
    [['dev', '--root-key', 'a b'], 2, /^The option --root-key takes a text without blanks; see/],
    [['dev', '--seed', ''], 2, /^The option --seed needs a value; see/],
    [['dev', '--seed', 'none.json'], 1, /^The seed file none\.json cannot be read: it does not exist\.\n$/],
    [['dev', '--seed', '.'], 1, /^The seed file \. cannot be read: it is a folder\.\n$/],
    [['dev', '--state', '.'], 1, /^The state file \. cannot be read: it is a folder\.\n$/],
    [
      ['dev', '--port', '0', '--state', 'none/state'],
      1,
      /^The state file none\/state cannot be written: it does not exist\.\n$/,
    ],
    [
      ['dev', '--port', '0', '--host', '203.0.113.1'],
      1,
      /^The emulator cannot listen on 203\.0\.113\.1, port 0: .*\.\n$/,
    ],
  ])('%j', async ([args, exitCode, sentence]) => {
    const shell = shells.run(args);
    expect(await shell.ends()).toBe(exitCode);
    expect(shell.errors).toMatch(sentence);
    expect(shell.output).toBe('');
  });

  test('a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const shell = shells.run(['dev', '--port', port]);
    expect(await shell.ends()).toBe(1);
    expect(shell.errors).toBe(`Port ${port} is taken; choose another with --port.\n`);
    server.close();
  });

  test('production, unless it is wanted', async () => {
    const refused = shells.run(['dev', '--port', '0'], { NODE_ENV: 'production' });
    expect(await refused.ends()).toBe(1);
    expect(refused.errors).toMatch(/^NODE_ENV is production; .*--allow-production only\.\n$/);
    const wanted = shells.run(['dev', '--port', '0', '--allow-production'], { NODE_ENV: 'production' });
    await wanted.listening();
  });
});

describe('--seed', () => {
  test('makes what the file says', async () => {
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

  test('takes the seed that the documentation shows', async () => {
    const page = readFileSync(fileURLToPath(new URL('../../docs/emulator.md', import.meta.url)), 'utf8');
    const seed = shells.seedFile(/```json\n([^]*?)```/.exec(page)![1]!);
    const emulator = await shells.dev('--seed', seed).listening();
    const rootKey = 'verify_only';
    const verified = await call({ ...emulator, rootKey }, 'keys.verifyKey', { key: 'shop_live_alice' });
    expect(verified).toMatchObject({ code: 'VALID', credits: 99 });
  });

  test('takes keys of another system over', async () => {
    const { createHash } = await import('node:crypto');
    const seed = shells.seedFile({
      apis: [{ id: 'api_shop0001', name: 'shop' }],
      migrations: [{ id: 'from_seam', algorithm: 'seam' }],
    });
    const emulator = await shells.dev('--seed', seed).listening();
    const hash = createHash('sha256').update('secret').digest('hex');
    const request = {
      migrationId: 'from_seam',
      apiId: 'api_shop0001',
      keys: [{ hash, credits: { remaining: 5 } }],
    };
    const { migrated } = await call(emulator, 'keys.migrateKeys', request);
    expect(migrated).toMatchObject([{ hash }]);
    expect(await call(emulator, 'keys.migrateKeys', request)).toMatchObject({ failed: [hash], migrated: [] });
    const key = 'seam_abcdef_secret';
    expect((await call(emulator, 'keys.verifyKey', { key })).code).toBe('NOT_FOUND');
    const migrationId = 'from_seam';
    expect(await call(emulator, 'keys.verifyKey', { key, migrationId })).toMatchObject({
      code: 'VALID',
      credits: 4,
    });
    expect(await call(emulator, 'keys.verifyKey', { key })).toMatchObject({ code: 'VALID', credits: 3 });
    expect((await call(emulator, 'keys.whoami', { key })).start).toBe('seam_abcd');
    expect((await call(emulator, 'keys.verifyKey', { key: 'seam_x', migrationId })).status).toBe(400);
  });

  test.for<[seed: unknown, place: string]>([
    ['{', 'is no JSON'],
    [[], 'the document must be of type object'],
    [{ keyes: [] }, "the document has unknown members: 'keyes'"],
    [{ keys: [{ key: 'a' }, {}] }, "keys[1] lacks 'key'"],
    [
      { apis: [{ name: 'shop', keys: [{ key: 'a', credits: {} }] }] },
      "apis[0].keys[0].credits lacks 'remaining'",
    ],
    [{ roles: [{ name: 'r', permissions: ['a b'] }] }, 'roles[0].permissions[0] must match'],
    [{ keys: [{ key: 'a' }, { key: 'a' }] }, 'keys[1]: there is such a key already'],
    [
      { apis: [{ name: 'shop', keys: [{ key: 'a', roles: ['x'] }] }] },
      "apis[0].keys[0]: There is no role 'x'",
    ],
    [{ roles: [{ name: 'r' }, { name: 'R' }] }, "roles[1]: there is a role 'R' already"],
  ])('%j is refused: %s', async ([seed, place]) => {
    const shell = shells.dev('--seed', shells.seedFile(seed));
    expect(await shell.ends()).toBe(1);
    expect(shell.errors).toContain(place);
    expect(shell.errors.trim().split('\n')).toHaveLength(1);
  });
});
