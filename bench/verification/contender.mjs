// One contender as a Nest app in a process of its own. Arguments: adapter, contender, URL of the upstream.
import 'reflect-metadata';
import { hash } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import { Controller, Get, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { CHANNELS, UnkeyModule } from '../../dist/esm/index.js';

const [, , adapter, contender, upstream] = process.argv;
const rootKey = 'unkey_bench';
const keyOf = (context) => context.switchToHttp().getRequest().headers['x-api-key'];
const allow = (context, data) => {
  if (data.valid !== true || data.code !== 'VALID') return false;
  context.switchToHttp().getRequest().unkey = data;
  return true;
};
const module = (options) => ({
  imports: [
    UnkeyModule.forRoot({ rootKey, baseUrl: upstream, globalGuard: true, client: false, ...options }),
  ],
});
const guard = (canActivate) => ({ providers: [{ provide: APP_GUARD, useValue: { canActivate } }] });

async function sdkGuard(isShared) {
  const { Unkey } = await import('@unkey/api');
  const make = () => new Unkey({ rootKey, serverURL: upstream });
  const shared = make();
  return guard(async (context) => {
    const client = isShared ? shared : make();
    const { data } = await client.keys.verifyKey({ key: keyOf(context) });
    return allow(context, data);
  });
}

/** The least that a guard can do that asks over a kept connection. */
async function floorGuard() {
  const { Pool } = await import('undici');
  const pool = new Pool(upstream, { connections: 128 });
  const headers = {
    authorization: `Bearer ${rootKey}`,
    'content-type': 'application/json',
    accept: 'application/json',
  };
  return guard(async (context) => {
    const { body } = await pool.request({
      path: '/v2/keys.verifyKey',
      method: 'POST',
      headers,
      body: JSON.stringify({ key: keyOf(context) }),
    });
    const { data } = await body.json();
    return allow(context, data);
  });
}

/**
 * The least that a guard can do that remembers: SHA-256 of the key, an entry with an end, a copy for the request. It
 * asks nobody, and has no permissions, no invalidation, no bound.
 */
function cacheGuard() {
  const data = {
    valid: true,
    code: 'VALID',
    keyId: 'key_bench1234',
    meta: { plan: 'pro' },
    permissions: ['documents.read'],
    identity: { id: 'id_bench1234', externalId: 'user_7' },
  };
  const entries = new Map();
  return guard((context) => {
    const id = hash('sha256', keyOf(context), 'base64url');
    let entry = entries.get(id);
    if (entry === undefined) entries.set(id, (entry = { data, until: Date.now() + 3_600_000 }));
    if (Date.now() >= entry.until) return false;
    const copy = { ...entry.data };
    copy.meta = { ...copy.meta };
    copy.permissions = copy.permissions.slice();
    copy.identity = { ...copy.identity };
    return allow(context, copy);
  });
}

const CONTENDERS = {
  'no-op guard': () => guard((context) => typeof keyOf(context) === 'string'),
  'this module, uncached': () => module({}),
  'bare undici pool (floor)': floorGuard,
  'SDK, one client': () => sdkGuard(true),
  'SDK, a client per request': () => sdkGuard(false),
  'hand-written cache': cacheGuard,
  'this module, cached': () => module({ cache: { ttl: 3_600_000 } }),
  'this module, uncached, listened to': () => {
    for (const name of Object.values(CHANNELS)) subscribe(name, () => undefined);
    return module({});
  },
};

class AppController {
  read() {
    return { ok: true };
  }
}
Get()(AppController.prototype, 'read', Object.getOwnPropertyDescriptor(AppController.prototype, 'read'));
Controller()(AppController);

class RootModule {}
Module({ controllers: [AppController], ...(await CONTENDERS[contender]()) })(RootModule);
const app = await NestFactory.create(
  RootModule,
  adapter === 'express' ? new ExpressAdapter() : new FastifyAdapter(),
  { logger: false },
);
await app.listen(0, '127.0.0.1');
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send({ microseconds: user + system });
});
process.on('disconnect', () => process.exit());
process.on('SIGTERM', () => process.exit());
process.send({ url: `http://127.0.0.1:${app.getHttpServer().address().port}` });
