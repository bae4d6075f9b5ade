import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { call, useShells } from './support/shell.js';

const shells = useShells();
const file = 'state';

describe('--state', () => {
  test('keeps all data if the process is killed, and does not read the seed again', async () => {
    const seed = shells.seedFile({
      roles: [{ name: 'reader', permissions: ['documents.read'] }],
      apis: [{ id: 'api_shop0001', name: 'shop' }],
    });
    const first = shells.dev('--state', file, '--seed', seed);
    const before = await first.listening();
    const limits = [{ name: 'calls', limit: 5, duration: 3_600_000, autoApply: true }];
    const created = await call(before, 'keys.createKey', {
      apiId: 'api_shop0001',
      prefix: 'sk',
      name: 'kept',
      externalId: 'user',
      meta: { b: 1, a: [-0] },
      roles: ['reader'],
      permissions: ['documents.write'],
      credits: { remaining: 100, refill: { interval: 'monthly', amount: 100, refillDay: 1 } },
      ratelimits: limits,
    });
    const deleted = await call(before, 'keys.createKey', { apiId: 'api_shop0001' });
    await call(before, 'keys.deleteKey', { keyId: deleted.keyId });
    await call(before, 'identities.updateIdentity', { identity: 'user', meta: { tier: 1 } });
    const limit = { namespace: 'mail', identifier: 'a', limit: 3, duration: 3_600_000 };
    await call(before, 'ratelimit.limit', limit);
    await call(before, 'ratelimit.setOverride', { ...limit, identifier: 'v*', limit: 50 });
    await call(before, 'permissions.deletePermission', { permission: 'documents.write' });
    expect((await call(before, 'keys.verifyKey', { key: created.key })).credits).toBe(99);
    const shown = await call(before, 'keys.getKey', { keyId: created.keyId });
    first.signal('SIGKILL');
    await first.ends();

    const after = await shells.dev('--state', file, '--seed', seed).listening();
    expect(after.rootKey).toBe(before.rootKey);
    expect(await call(after, 'keys.getKey', { keyId: created.keyId })).toEqual(shown);
    expect(
      await call(after, 'keys.verifyKey', { key: created.key, permissions: 'documents.read' }),
    ).toMatchObject({
      code: 'VALID',
      credits: 98,
      identity: { meta: { tier: 1 } },
      ratelimits: [{ remaining: 3 }],
    });
    expect((await call(after, 'keys.verifyKey', { key: deleted.key })).code).toBe('NOT_FOUND');
    expect(await call(after, 'ratelimit.limit', limit)).toMatchObject({ remaining: 1 });
    expect(await call(after, 'ratelimit.limit', { ...limit, identifier: 'vip' })).toMatchObject({
      limit: 50,
    });
  });

  test('loses at most the line that was being written', async () => {
    const first = shells.dev('--state', file);
    const before = await first.listening();
    const { apiId } = await call(before, 'apis.createApi', { name: 'kept' });
    first.signal('SIGKILL');
    await first.ends();
    appendFileSync(shells.path(file), '{"kind":"api","id":"api_half');

    const second = shells.dev('--state', file);
    const after = await second.listening();
    expect((await call(after, 'apis.getApi', { apiId })).name).toBe('kept');
    expect(readFileSync(shells.path(file), 'utf8')).not.toContain('api_half');
  });

  test('does not overwrite a file that is not a state file', async () => {
    writeFileSync(shells.path(file), '{"mine":true}\n');
    const shell = shells.dev('--state', file);
    expect(await shell.ends()).toBe(1);
    expect(shell.errors).toBe('state is not a state file of this emulator.\n');
    expect(readFileSync(shells.path(file), 'utf8')).toBe('{"mine":true}\n');
  });

  test('is readable by its owner only, because it contains root keys', async () => {
    await shells.dev('--state', file).listening();
    expect(statSync(shells.path(file)).mode & 0o077).toBe(0);
  });
});

/** Sets how large a file of a process may become; beyond that a write is cut short and the next one fails. */
const limitFileSize = (pid: number, bytes: number | 'unlimited'): void => {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);
};
const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0;

describe.skipIf(!hasPrlimit)('--state on a disk that is full', () => {
  const size = () => statSync(shells.path(file)).size;

  test('a change that cannot be written is not made, and the response is 500', async () => {
    const shell = shells.dev('--state', file);
    const emulator = await shell.listening();
    const created = await call(emulator, 'apis.createApi', { name: 'before' });
    const key = await call(emulator, 'keys.createKey', {
      apiId: created.apiId,
      credits: { remaining: 5 },
      ratelimits: [{ name: 'calls', limit: 5, duration: 2_592_000_000, autoApply: true }],
    });
    const [bytes, text] = [size(), readFileSync(shells.path(file), 'utf8')];

    limitFileSize(shell.pid, bytes + 20);
    for (const [operation, body] of [
      ['identities.createIdentity', { externalId: 'lost' }],
      ['keys.verifyKey', { key: key.key }],
      ['keys.deleteKey', { keyId: key.keyId }],
      ['ratelimit.limit', { namespace: 'lost', identifier: 'a', limit: 1, duration: 60_000 }],
    ] as const) {
      expect(await call(emulator, operation, body)).toEqual({
        detail: `The change was not made: The state file ${file} cannot be written: the file size limit is reached.`,
        status: 500,
        title: 'Internal Server Error',
        type: 'https://unkey.com/docs/errors/unkey/application/service_unavailable',
      });
    }
    expect(shell.errors).toContain(`The state file ${file} cannot be written`);
    expect(readFileSync(shells.path(file), 'utf8')).toBe(text);
    expect(await call(emulator, 'identities.getIdentity', { identity: 'lost' })).toMatchObject({
      status: 404,
    });
    expect(
      await call(emulator, 'ratelimit.getOverride', { namespace: 'lost', identifier: 'a' }),
    ).toMatchObject({
      type: 'https://unkey.com/docs/errors/unkey/data/ratelimit_namespace_not_found',
    });

    limitFileSize(shell.pid, 'unlimited');
    const verified = { code: 'VALID', credits: 4, ratelimits: [{ remaining: 4 }] };
    expect(await call(emulator, 'keys.verifyKey', { key: key.key })).toMatchObject(verified);
    await call(emulator, 'identities.createIdentity', { externalId: 'kept' });
    await shell.kill();

    const after = await shells.dev('--state', file).listening();
    expect((await call(after, 'apis.getApi', created)).name).toBe('before');
    expect((await call(after, 'keys.verifyKey', { key: key.key })).credits).toBe(3);
    expect((await call(after, 'identities.getIdentity', { identity: 'kept' })).externalId).toBe('kept');
    expect(await call(after, 'identities.getIdentity', { identity: 'lost' })).toMatchObject({ status: 404 });
  });

  test('the file is unchanged if the next start cannot write it', async () => {
    const first = shells.dev('--state', file);
    const { apiId } = await call(await first.listening(), 'apis.createApi', { name: 'kept' });
    await first.kill();
    const text = readFileSync(shells.path(file), 'utf8');

    const limited = shells.runLimited(['dev', '--port', '0', '--state', file], 20);
    expect(await limited.ends()).toBe(1);
    expect(limited.errors).toBe(
      `The state file ${file} cannot be written: the file size limit is reached.\n`,
    );
    expect(readFileSync(shells.path(file), 'utf8')).toBe(text);
    expect(readdirSync(shells.path('.'))).toEqual([file]);

    const after = await shells.dev('--state', file).listening();
    expect((await call(after, 'apis.getApi', { apiId })).name).toBe('kept');
  });
});

test('--state flushes the new file, renames it, and flushes its folder', async () => {
  const log = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const paths = new Map();
    for (const name of ['openSync', 'fsyncSync', 'renameSync']) {
      const real = fs[name];
      fs[name] = (...args) => {
        const result = real(...args);
        if (name === 'openSync') paths.set(result, args[0]);
        else process.stderr.write(name + ' ' + (paths.get(args[0]) ?? args.join(' ')) + '\\n');
        return result;
      };
    }
    syncBuiltinESMExports();`;
  writeFileSync(shells.path('log.mjs'), log);
  const shell = shells.run(['dev', '--port', '0', '--state', file], { NODE_OPTIONS: '--import ./log.mjs' });
  await shell.listening();
  expect(shell.errors.trim().split('\n')).toEqual([
    'fsyncSync state.new',
    'renameSync state.new state',
    'fsyncSync .',
  ]);
});
