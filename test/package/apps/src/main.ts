import 'reflect-metadata';
import { deepStrictEqual, strictEqual } from 'node:assert';
import type { AddressInfo } from 'node:net';
import type { INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { UnkeyEmulator } from 'nestjs-unkey/testing';
import { AppModule, OwnVerifierModule } from './app.module.js';

async function start(module: Type): Promise<INestApplication> {
  const options = { logger: ['warn', 'error'] as ('warn' | 'error')[], abortOnError: false };
  const app =
    process.argv[2] === 'fastify'
      ? await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), options)
      : await NestFactory.create(module, options);
  await app.listen(0, '127.0.0.1');
  return app;
}

async function ask(app: INestApplication, path: string, key?: string) {
  const { port } = app.getHttpServer().address() as AddressInfo;
  const headers: Record<string, string> = key === undefined ? {} : { 'x-api-key': key };
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
  return { status: answer.status, body: (await answer.json()) as unknown };
}

async function withUnkey(): Promise<void> {
  const unkey = await UnkeyEmulator.start();
  process.env['UNKEY_ROOT_KEY'] = unkey.rootKey;
  process.env['UNKEY_BASE_URL'] = unkey.url;
  const app = await start(AppModule);
  const { key } = await unkey.createKey({
    name: 'Alice',
    externalId: 'alice',
    permissions: ['documents.read'],
    meta: { plan: 'pro' },
  });
  const { key: weak } = await unkey.createKey();

  strictEqual((await ask(app, '/documents/health')).status, 200);
  deepStrictEqual(await ask(app, '/documents', key), {
    status: 200,
    body: { user: 'alice', documents: ['Road map', 'Price list'] },
  });
  deepStrictEqual(await ask(app, '/keys/me', key), { status: 200, body: { name: 'Alice' } });
  strictEqual((await ask(app, '/documents', weak)).status, 403);
  strictEqual((await ask(app, '/documents')).status, 401);

  await app.close();
  await unkey.close();
  delete process.env['UNKEY_ROOT_KEY'];
  delete process.env['UNKEY_BASE_URL'];
}

async function withOwnVerifier(): Promise<void> {
  const app = await start(OwnVerifierModule);
  deepStrictEqual(await ask(app, '/documents', 'known'), {
    status: 200,
    body: { documents: ['Price list'] },
  });
  strictEqual((await ask(app, '/documents', 'unknown')).status, 401);
  await app.close();
}

async function main(): Promise<void> {
  await withUnkey();
  await withOwnVerifier();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
