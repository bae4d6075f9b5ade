// Runs a Nest app for each contender in one process, each on its own port, because two processes with the same code
// differ by more than what is measured here. Arguments: adapter, URL of the upstream, names of the contenders.
import 'reflect-metadata';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Controller, Get, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { CHANNELS, UnkeyModule } from '../../dist/esm/index.js';
import * as contenders from './contenders.mjs';
import { floorGuard, handWrittenCacheGuard, moduleOptions, noopGuard, sdkGuard } from './guards.mjs';

const [, , adapter, upstream, ...names] = process.argv;
const listener = () => undefined;

const withGuard = async (guard) => ({ providers: [{ provide: APP_GUARD, useValue: await guard }] });
const withModule = (isCached) => ({ imports: [UnkeyModule.forRoot(moduleOptions(upstream, isCached))] });
const METADATA = {
  [contenders.NOOP]: () => withGuard(noopGuard()),
  [contenders.NOOP_AGAIN]: () => withGuard(noopGuard()),
  [contenders.HAND_WRITTEN]: () => withGuard(handWrittenCacheGuard(upstream)),
  [contenders.CACHED]: () => withModule(true),
  [contenders.FLOOR]: () => withGuard(floorGuard(upstream)),
  [contenders.UNCACHED]: () => withModule(false),
  [contenders.LISTENED]: () => withModule(false),
  [contenders.SDK]: () => withGuard(sdkGuard(upstream)),
};

/** Creates a separate controller class for each app. */
function createController() {
  class AppController {
    read() {
      return { ok: true };
    }
  }
  Get()(AppController.prototype, 'read', Object.getOwnPropertyDescriptor(AppController.prototype, 'read'));
  Controller()(AppController);
  return AppController;
}

async function startApp(name) {
  class RootModule {}
  const metadata = await METADATA[name]();
  Module({ controllers: [createController()], ...metadata })(RootModule);
  const app = await NestFactory.create(
    RootModule,
    adapter === 'express' ? new ExpressAdapter() : new FastifyAdapter(),
    { logger: false },
  );
  await app.listen(0, '127.0.0.1');
  return `http://127.0.0.1:${app.getHttpServer().address().port}`;
}

function cpu() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Subscribers affect the whole process, so they only subscribe while this contender is measured. */
function listenFor(name, change) {
  if (name === contenders.LISTENED) for (const channel of Object.values(CHANNELS)) change(channel, listener);
}

/**
 * Collects the garbage of the previous contender, so that it does not slow down this one. It collects only the young
 * generation, because a full collection also discards compiled code, and requests then take four times as long.
 */
function begin(name) {
  listenFor(name, subscribe);
  globalThis.gc({ type: 'minor' });
  return { cpu: cpu() };
}

function end(name) {
  const answer = { cpu: cpu() };
  listenFor(name, unsubscribe);
  return answer;
}

const urls = {};
for (const name of names) urls[name] = await startApp(name);
process.on('message', ({ step, name }) => process.send(step === 'begin' ? begin(name) : end(name)));
process.on('disconnect', () => process.exit());
process.send({ urls });
