// Starts an app of the built package in both module formats, and sends it an allowed and a denied request.
import 'reflect-metadata';
import { strictEqual } from 'node:assert/strict';
import { createRequire } from 'node:module';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import * as esm from '../../dist/esm/index.js';
import { UnkeyEmulator } from '../../dist/esm/testing/index.js';

const cjs = createRequire(import.meta.url)('../../dist/cjs/index.js');

class AppController {
  read() {
    return 'handler';
  }
}
Get()(AppController.prototype, 'read', Object.getOwnPropertyDescriptor(AppController.prototype, 'read'));
Controller()(AppController);

for (const { UnkeyModule } of [esm, cjs]) {
  const unkey = await UnkeyEmulator.start();
  class AppModule {}
  const options = { rootKey: unkey.rootKey, baseUrl: unkey.url, timeout: 60_000, globalGuard: true };
  Module({ imports: [UnkeyModule.forRoot(options)], controllers: [AppController] })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  await app.listen(0, '127.0.0.1');
  const { key } = await unkey.createKey({});
  const statusOf = async (headers) => (await fetch(await app.getUrl(), { headers })).status;
  strictEqual(await statusOf({ 'x-api-key': key }), 200);
  strictEqual(await statusOf({ 'x-api-key': 'unknown' }), 401);
  await app.close();
  await unkey.close();
}
console.log(`Node ${process.version}: an app starts and answers, as ESM and as CommonJS`);
