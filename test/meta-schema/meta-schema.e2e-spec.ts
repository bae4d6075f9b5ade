import { inspect } from 'node:util';
import { Controller, Get, Req } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { type } from 'arktype';
import {
  UnkeyGuard,
  UnkeyKey,
  UnkeyMisconfiguredException,
  UnkeyModule,
  UnkeyService,
  isUnkeyException,
  type StandardSchemaV1,
  type UnkeyModuleOptions,
  type VerifiedKey,
} from 'nestjs-unkey';
import type { UnkeyEmulator } from 'nestjs-unkey/testing';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ADAPTERS, bootError, startApp } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';

/** Every key that a handler got, as the object that it is. */
let seen: VerifiedKey[] = [];

@Controller()
class AppController {
  @Get()
  read(@UnkeyKey() key: VerifiedKey, @Req() request: { unkey: unknown }) {
    seen.push(key);
    return { meta: key.meta, identityMeta: key.identity?.meta, isRequestKey: request.unkey === key };
  }
}

const SECRET = 'ultra-secret-value';

async function createIdentity(unkey: UnkeyEmulator, externalId: string, meta: object): Promise<void> {
  const answer = await fetch(`${unkey.url}/v2/identities.createIdentity`, {
    method: 'POST',
    headers: { authorization: `Bearer ${unkey.rootKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ externalId, meta }),
  });
  expect(answer.status).toBe(200);
}

/** The same requirements in each library: `plan` is one of two words, and `free` by default. */
const LIBRARIES: readonly [string, StandardSchemaV1][] = [
  ['zod', z.object({ plan: z.enum(['free', 'pro']).default('free') })],
  ['zod, async', z.object({ plan: z.enum(['free', 'pro']).default('free') }).refine(async () => true)],
  ['valibot', v.object({ plan: v.optional(v.picklist(['free', 'pro']), 'free') })],
  [
    'valibot, async',
    v.pipeAsync(
      v.object({ plan: v.optional(v.picklist(['free', 'pro']), 'free') }),
      v.checkAsync(async () => true),
    ),
  ],
  ['arktype, whose schema is a function', type({ plan: "'free' | 'pro' = 'free'" })],
];

describe.each(ADAPTERS)('the option metaSchema, on %s', (adapter) => {
  const server = useUnkey();
  const start = (options: UnkeyModuleOptions) => {
    seen = [];
    return startApp(adapter, {
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, ...options })],
      controllers: [AppController],
    });
  };

  describe.each(LIBRARIES)('%s', (_, metaSchema) => {
    it('gives handlers its output; a key without meta is checked as {}', async () => {
      const { get } = await start({ metaSchema });
      const pro = await server.unkey.createKey({ meta: { plan: 'pro' } });
      const none = await server.unkey.createKey({});
      expect((await get('/', { 'x-api-key': pro.key })).body).toEqual({
        meta: { plan: 'pro' },
        isRequestKey: true,
      });
      expect((await get('/', { 'x-api-key': none.key })).body).toMatchObject({ meta: { plan: 'free' } });
    });

    it('answers 500 for meta that does not match, and logs the id of the key and the path, never the value', async () => {
      const { get, log } = await start({ metaSchema });
      const { key, keyId } = await server.unkey.createKey({ meta: { plan: SECRET } });
      for (let call = 0; call < 3; call++) {
        const answer = await get('/', { 'x-api-key': key });
        expect(answer).toMatchObject({ status: 500, body: { code: 'UNKEY_MISCONFIGURED' } });
        expect(answer.text).not.toContain(SECRET);
      }
      expect(seen).toEqual([]);
      expect(log.of('error', keyId)).toEqual([expect.stringContaining('"meta')]);
      expect(inspect(log.lines)).not.toContain(SECRET);
      expect(inspect(log.lines)).not.toContain(key);
    });

    it('checks UnkeyService.verify too, and a no is not checked', async () => {
      const { app } = await start({ metaSchema });
      const service = app.get(UnkeyService);
      const pro = await server.unkey.createKey({ meta: { plan: 'pro' } });
      const bad = await server.unkey.createKey({ meta: { plan: SECRET } });
      const off = await server.unkey.createKey({ meta: { plan: SECRET }, enabled: false });
      expect((await service.verify(pro.key)).meta).toEqual({ plan: 'pro' });
      expect(await service.verify(off.key)).toMatchObject({ valid: false, code: 'DISABLED' });
      const error: unknown = await service.verify(bad.key).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(UnkeyMisconfiguredException);
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(SECRET);
    });
  });

  it('names the path inside the meta', async () => {
    const metaSchema = z.object({ limits: z.array(z.object({ name: z.string() })) });
    const { get, log } = await start({ metaSchema });
    const { key, keyId } = await server.unkey.createKey({
      meta: { limits: [{ name: 'a' }, { name: 4711 }] },
    });
    expect((await get('/', { 'x-api-key': key })).status).toBe(500);
    expect(log.of('error', keyId)).toEqual([expect.stringContaining('"meta.limits.1.name"')]);
  });

  it('checks cached answers, and gives each request a frozen key with meta of its own, not frozen', async () => {
    let checked = 0;
    const metaSchema = z
      .object({ since: z.string(), tags: z.array(z.string()) })
      .transform(({ since, tags }) => {
        checked += 1;
        return { since: new Date(since), tags };
      });
    const { get } = await start({ metaSchema, cache: { ttl: 60_000 } });
    const { key } = await server.unkey.createKey({ meta: { since: '2026-01-01T00:00:00.000Z', tags: [] } });
    await get('/', { 'x-api-key': key });
    await get('/', { 'x-api-key': key });
    expect(server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey')).toHaveLength(1);
    expect(checked).toBe(2);
    const [first, second] = seen;
    expect([first?.source, second?.source]).toEqual(['unkey', 'cache']);
    expect(second?.meta?.['since']).toEqual(new Date('2026-01-01'));
    expect(first?.meta).not.toBe(second?.meta);
    expect([Object.isFrozen(first), Object.isFrozen(second)]).toEqual([true, true]);
    expect(Object.isFrozen(second?.meta)).toBe(false);
    Object.assign(second?.meta ?? {}, { tags: ['mine'] });
    await get('/', { 'x-api-key': key });
    expect(seen[2]?.meta?.['tags']).toEqual([]);
  });

  it('gives a copy to a schema whose output is its input', async () => {
    const { get } = await start({ metaSchema: type({ plan: 'string' }), cache: { ttl: 60_000 } });
    const { key } = await server.unkey.createKey({ meta: { plan: 'pro' } });
    await get('/', { 'x-api-key': key });
    Object.assign(seen[0]?.meta ?? {}, { plan: 'stolen' });
    expect((await get('/', { 'x-api-key': key })).body).toMatchObject({ meta: { plan: 'pro' } });
  });

  it('applies to checks and userFrom', async () => {
    const metaSchema = z.object({ seats: z.coerce.number() });
    const plans: unknown[] = [];
    const { get } = await start({
      metaSchema,
      checks: [{ check: (key) => plans.push(key.meta) > 0 }],
      userFrom: (key) => plans.push(key.meta),
    });
    const { key } = await server.unkey.createKey({ meta: { seats: '7' } });
    expect((await get('/', { 'x-api-key': key })).status).toBe(200);
    expect(plans).toEqual([{ seats: 7 }, { seats: 7 }]);
  });

  it('does not open the circuit breaker', async () => {
    const { get } = await start({
      metaSchema: z.object({ plan: z.string() }),
      breaker: { consecutiveFailures: 1, failureRate: 0.01 },
    });
    const bad = await server.unkey.createKey({});
    const good = await server.unkey.createKey({ meta: { plan: 'pro' } });
    for (let call = 0; call < 25; call++) expect((await get('/', { 'x-api-key': bad.key })).status).toBe(500);
    expect((await get('/', { 'x-api-key': good.key })).status).toBe(200);
  });

  it('follows the option statuses', async () => {
    const { get } = await start({
      metaSchema: z.object({ plan: z.string() }),
      statuses: { UNKEY_MISCONFIGURED: 502 },
    });
    const { key } = await server.unkey.createKey({});
    expect((await get('/', { 'x-api-key': key })).status).toBe(502);
  });

  const broken: readonly [string, (value: unknown) => unknown][] = [
    [
      'throws',
      () => {
        throw new Error(SECRET);
      },
    ],
    ['rejects', () => Promise.reject(new Error(SECRET))],
    ['returns neither issues nor a value', () => ({})],
    ['returns nothing', () => undefined],
    ['resolves to nothing', async () => null],
    ['returns issues that are no list', () => ({ issues: SECRET, value: {} })],
    [
      'returns issues that throw when read',
      () => ({
        get issues() {
          throw new Error(SECRET);
        },
      }),
    ],
    ['returns a value next to empty issues', () => ({ issues: [], value: {} })],
  ];
  it.each(broken)('rejects the key if the schema %s', async (_, validate) => {
    const metaSchema = { '~standard': { version: 1, vendor: 'test', validate } } as StandardSchemaV1;
    const { get, log } = await start({ metaSchema });
    const { key, keyId } = await server.unkey.createKey({ meta: { plan: SECRET } });
    expect(await get('/', { 'x-api-key': key })).toMatchObject({
      status: 500,
      body: { code: 'UNKEY_MISCONFIGURED' },
    });
    expect(log.of('error', keyId)).toHaveLength(1);
    expect(inspect(log.lines)).not.toContain(SECRET);
  });

  it('applies to what verify() of a subclass returns, and not twice to what it got from super', async () => {
    const schema = z.object({ since: z.string() }).transform(({ since }) => ({ since: new Date(since) }));
    const meta = { since: '2026-01-01T00:00:00.000Z' };
    class OwnGuard extends UnkeyGuard {
      protected override async verify(...[key, options, context]: Parameters<UnkeyGuard['verify']>) {
        if (key === 'own') return { valid: true, code: 'VALID', keyId: 'key_own', meta };
        if (key === 'bad') return { valid: true, code: 'VALID', keyId: 'key_bad', meta: { since: 7 } };
        return { ...(await super.verify(key, options, context)), roles: ['added'] };
      }
    }
    seen = [];
    const { get } = await startApp(adapter, {
      imports: [UnkeyModule.forRoot({ ...server.options, metaSchema: schema })],
      controllers: [AppController],
      providers: [{ provide: APP_GUARD, useClass: OwnGuard }],
    });
    const { key } = await server.unkey.createKey({ meta });
    expect((await get('/', { 'x-api-key': 'own' })).status).toBe(200);
    expect((await get('/', { 'x-api-key': key })).status).toBe(200);
    expect((await get('/', { 'x-api-key': 'bad' })).status).toBe(500);
    expect(seen.map((one) => one.meta)).toEqual([
      { since: new Date(meta.since) },
      { since: new Date(meta.since) },
    ]);
    expect(seen.map((one) => Object.isFrozen(one.meta))).toEqual([false, false]);
    expect(seen[1]?.roles).toEqual(['added']);
  });

  describe('identityMetaSchema', () => {
    const identityMetaSchema = z.object({ seats: z.number().default(1) });

    it('checks the meta of the identity only where there is one', async () => {
      const { get } = await start({ identityMetaSchema });
      await createIdentity(server.unkey, 'acme', { seats: 5 });
      const acme = await server.unkey.createKey({ externalId: 'acme', meta: { plan: 'pro' } });
      const bob = await server.unkey.createKey({ externalId: 'bob' });
      const none = await server.unkey.createKey({});
      const metaOf = async (key: string) => (await get('/', { 'x-api-key': key })).body;
      expect(await metaOf(acme.key)).toEqual({
        meta: { plan: 'pro' },
        identityMeta: { seats: 5 },
        isRequestKey: true,
      });
      expect(await metaOf(bob.key)).toEqual({ identityMeta: { seats: 1 }, isRequestKey: true });
      expect(await metaOf(none.key)).toEqual({ isRequestKey: true });
      expect(seen[0]?.identity).toMatchObject({ externalId: 'acme' });
      expect(Object.isFrozen(seen[0]?.identity)).toBe(true);
    });

    it('names both places in the log', async () => {
      const { get, log } = await start({ identityMetaSchema, metaSchema: z.object({ plan: z.string() }) });
      await createIdentity(server.unkey, 'acme', { seats: SECRET });
      const { key, keyId } = await server.unkey.createKey({ externalId: 'acme' });
      expect((await get('/', { 'x-api-key': key })).status).toBe(500);
      expect(log.of('error', keyId)).toEqual([expect.stringContaining('"meta.plan", "identity.meta.seats"')]);
      expect(inspect(log.lines)).not.toContain(SECRET);
    });
  });

  it.each([
    ['an object', {}],
    ['a version that is not 1', { '~standard': { version: 2, validate: () => ({}) } }],
    ['no function', { '~standard': { version: 1 } }],
    ['a text', 'zod'],
  ])('fails at startup for %s', async (_, schema) => {
    for (const name of ['metaSchema', 'identityMetaSchema'] as const) {
      const options = { ...server.options, [name]: schema } as UnkeyModuleOptions;
      const error = await bootError({ imports: [UnkeyModule.forRoot(options)] }, adapter);
      expect(error.message).toContain(`option "${name}" must be a Standard Schema`);
    }
  });

  it('throws exceptions that isUnkeyException() recognizes', async () => {
    const { app } = await start({ metaSchema: z.object({ plan: z.string() }) });
    const { key } = await server.unkey.createKey({});
    const error: unknown = await app
      .get(UnkeyService)
      .verify(key)
      .catch((reason: unknown) => reason);
    expect(isUnkeyException(error) && error.requestId).toMatch(/^req_/);
  });
});
