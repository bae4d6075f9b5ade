import { Controller, Get, Injectable, UseGuards, type ExecutionContext } from '@nestjs/common';
import {
  UnkeyGuard,
  UnkeyKey,
  UnkeyModule,
  UnkeyService,
  type UnkeyModuleOptions,
  type Verification,
  type VerifiedKey,
  type VerifyOptions,
} from 'nestjs-unkey';
import { beforeEach, describe, expect, it } from 'vitest';
import { ADAPTERS, startApp, type Adapter } from './support/app.js';
import { upstream } from './support/upstream.js';
import { useUnkey } from './support/unkey.js';

const server = useUnkey();
const seen: (VerifiedKey | undefined)[] = [];
beforeEach(() => void (seen.length = 0));

@Injectable()
class RenamingGuard extends UnkeyGuard {
  protected override async verify(key: string, options: VerifyOptions, context: ExecutionContext) {
    const verification: Verification = await super.verify(key, options, context);
    return { ...verification, name: `renamed ${verification.name ?? ''}` };
  }
}

@Controller()
class AppController {
  @UseGuards(UnkeyGuard)
  @Get('plain')
  plain(@UnkeyKey() key: VerifiedKey) {
    seen.push(key);
    return { source: key.source };
  }
  @UseGuards(RenamingGuard)
  @Get('renamed')
  renamed(@UnkeyKey() key: VerifiedKey) {
    seen.push(key);
    return { name: key.name };
  }
  @UseGuards(UnkeyGuard, RenamingGuard)
  @Get('both')
  both(@UnkeyKey('name') name: string) {
    return { name };
  }
}

const start = (adapter: Adapter, options: UnkeyModuleOptions) =>
  startApp(adapter, {
    imports: [UnkeyModule.forRoot({ ...server.options, ...options })],
    controllers: [AppController],
    providers: [RenamingGuard],
  });

describe.each(ADAPTERS)('the key of a request, on %s', (adapter) => {
  it('is the same object for every request that the cache answers', async () => {
    const { get } = await start(adapter, { cache: true });
    const { key } = await server.unkey.createKey({ meta: { plan: 'pro' } });
    const sources: unknown[] = [];
    for (let n = 0; n < 3; n++) sources.push((await get('/plain', { 'x-api-key': key })).body);
    expect(sources).toEqual([{ source: 'unkey' }, { source: 'cache' }, { source: 'cache' }]);
    expect(seen[2]).toBe(seen[1]);
    expect(seen[1]?.meta).toBe(seen[0]?.meta);
    expect(seen.every((one) => Object.isFrozen(one) && Object.isFrozen(one?.meta))).toBe(true);
  });

  it.each([false, true])("with a subclass's own verification is tidied anew (cache: %s)", async (cache) => {
    const { get } = await start(adapter, { cache });
    const { key } = await server.unkey.createKey({ name: 'alice', permissions: ['a'] });
    for (const path of ['/renamed', '/renamed', '/both', '/renamed']) {
      expect((await get(path, { 'x-api-key': key })).body).toEqual({ name: 'renamed alice' });
    }
    expect(seen.every((one) => Object.isFrozen(one) && Object.isFrozen(one?.permissions))).toBe(true);
    expect((await get('/plain', { 'x-api-key': key })).status).toBe(200);
    expect(seen.at(-1)?.name).toBe('alice');
  });

  it.each([false, true])('may hold meta that is nested 5,000 deep (cache: %s)', async (cache) => {
    const meta = `${'{"m":'.repeat(5000)}1${'}'.repeat(5000)}`;
    const baseUrl = await upstream((_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(
        `{"meta":{"requestId":"req_1"},"data":{"valid":true,"code":"VALID","keyId":"key_1","meta":${meta}}}`,
      );
    });
    const { get } = await start(adapter, { baseUrl, cache });
    for (let n = 0; n < 3; n++) expect((await get('/plain', { 'x-api-key': 'any' })).status).toBe(200);
  });
});

describe("what a user's verifier gives", () => {
  it.each([false, true])(
    'stays its own: not frozen, and later changes do not count (cache: %s)',
    async (cache) => {
      const answer = { valid: true, code: 'VALID', keyId: 'key_1', meta: { plan: 'free' }, roles: ['user'] };
      const { app } = await start('express', { cache, verifier: async () => answer });
      const unkey = app.get(UnkeyService);
      const first = await unkey.verify('any');
      answer.meta.plan = 'pro';
      answer.roles.push('admin');
      expect(first).toEqual({
        valid: true,
        code: 'VALID',
        keyId: 'key_1',
        meta: { plan: 'free' },
        roles: ['user'],
      });
      expect(Object.isFrozen(first.meta)).toBe(true);
    },
  );

  it('may be an instance with getters', async () => {
    class Answer implements Verification {
      get valid() {
        return true;
      }
      get code() {
        return 'VALID';
      }
      get keyId() {
        return 'key_1';
      }
    }
    const { app } = await start('express', { verifier: async () => new Answer() });
    expect(await app.get(UnkeyService).verify('any')).toEqual({ valid: true, code: 'VALID', keyId: 'key_1' });
  });
});
