import { Controller, Get } from '@nestjs/common';
import { UnkeyModule, UnkeyService, type UnkeyModuleOptions } from 'nestjs-unkey';
import { fakeVerifier } from 'nestjs-unkey/testing';
import { describe, expect, it } from 'vitest';
import { startApp } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';

@Controller()
class AppController {
  @Get()
  read() {
    return { ok: true };
  }
}

describe('a root key that is sent as an API key', () => {
  const server = useUnkey();
  const start = (options: UnkeyModuleOptions = {}) =>
    startApp('express', {
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, ...options })],
      controllers: [AppController],
    });
  const malformed = { status: 401, body: { code: 'MALFORMED_KEY' } };

  it("is MALFORMED_KEY without a call if it is this app's own, and the log says once to rotate it", async () => {
    const { get, app, log } = await start();
    const { rootKey } = server.options;
    for (let n = 0; n < 3; n++) expect(await get('/', { 'x-api-key': rootKey })).toMatchObject(malformed);
    expect(await app.get(UnkeyService).verify(rootKey)).toEqual({ valid: false, code: 'MALFORMED_KEY' });
    expect(server.unkey.calls).toHaveLength(0);
    expect(log.of('error')).toEqual([expect.stringMatching(/own root key .* rotate it/)]);
    expect(JSON.stringify(log.lines)).not.toContain(rootKey);
  });

  it.each([
    ['of another app', 'unkey_3ZfQxyz', /looks like a root key .* rotate it/],
    ['of the local server', 'unkey_dev_abc', /looks like a root key(?!.*rotate)/],
  ])('%s is MALFORMED_KEY too, and the log warns once', async (_, key, line) => {
    const { get, log } = await start();
    for (let n = 0; n < 3; n++) expect(await get('/', { 'x-api-key': key })).toMatchObject(malformed);
    expect(server.unkey.calls).toHaveLength(0);
    expect(log.of('warn')).toEqual([expect.stringMatching(line)]);
    expect(JSON.stringify(log.lines)).not.toContain(key);
  });

  it('is detected by its value if it does not look like a root key', async () => {
    const rootKey = 'root-of-acmé';
    const verifier = fakeVerifier({});
    const { app, log } = await start({ rootKey, verifier, client: false });
    const service = app.get(UnkeyService);
    const codeOf = async (key: string) => (await service.verify(key)).code;
    expect(await codeOf(rootKey)).toBe('MALFORMED_KEY');
    // Of the same length, in characters or in bytes.
    for (const other of ['root-of-acmf', 'root-of-acmee', 'Root-of-acmé']) {
      expect(await codeOf(other), other).toBe('NOT_FOUND');
    }
    expect(verifier.calls.map(({ key }) => key)).not.toContain(rootKey);
    expect(log.of('error')).toHaveLength(1);
  });

  it('is detected by the prefix "unkey_"; other keys that start with "unkey" are verified', async () => {
    const { get } = await start();
    expect(await get('/', { 'x-api-key': 'unkeys_1' })).toMatchObject({ body: { code: 'NOT_FOUND' } });
    expect(server.unkey.calls).toHaveLength(1);
  });
});
