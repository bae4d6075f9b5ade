// Starts a Nest app once and reports how long it took. Argument: nest, module or client.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

const [, , kind] = process.argv;
const begun = performance.now();
const { UnkeyModule } = kind === 'nest' ? {} : await import('../../dist/esm/index.js');
const imported = performance.now();
class RootModule {}
const options = {
  rootKey: 'unkey_bench',
  globalGuard: true,
  ...(kind === 'client' ? {} : { client: false }),
};
Module({ imports: kind === 'nest' ? [] : [UnkeyModule.forRoot(options)] })(RootModule);
const app = await NestFactory.create(RootModule, new FastifyAdapter(), { logger: false });
await app.init();
const figures = {
  import: imported - begun,
  total: performance.now() - begun,
  rss: process.memoryUsage().rss / 1024 / 1024,
};
await app.close();
process.send(figures, () => process.disconnect());
