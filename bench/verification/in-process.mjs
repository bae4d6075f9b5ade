// Measures a cache hit without HTTP: µs per `guard.canActivate` in a loop, with a new request each time. In a loop, all
// code and data are in the processor's caches. Between system calls, the same steps take several times as long.
import 'reflect-metadata';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { fromHeader, UnkeyGuard, UnkeyModule, UnkeyService } from '../../dist/esm/index.js';
import { handWrittenCacheGuard, moduleOptions, noopGuard } from './guards.mjs';
import { percentile } from './statistics.mjs';

const KEY = 'acme_live_bench';
const BATCH = 1_000;
const ROUNDS = 150;
const WARM_UP_ROUNDS = 50;
const [, , upstream] = process.argv;

class AppController {
  read() {
    return { ok: true };
  }
}

/** The part of Fastify's request that guards read: Node's own request and the headers. */
class Request {
  constructor(raw) {
    this.raw = raw;
    this.headers = { host: 'bench', 'x-api-key': KEY };
  }
}

const handler = Object.getOwnPropertyDescriptor(AppController.prototype, 'read').value;
const socket = new Socket();
function createContext() {
  const raw = new IncomingMessage(socket);
  raw.rawHeaders = ['Host', 'bench', 'X-Api-Key', KEY];
  return new ExecutionContextHost([new Request(raw), {}], AppController, handler);
}

/** Returns µs per call. The requests are created before the time is measured. */
async function timeBatch(one) {
  const contexts = Array.from({ length: BATCH }, createContext);
  globalThis.gc({ type: 'minor' });
  const begun = process.hrtime.bigint();
  for (const context of contexts) {
    const pending = one(context);
    if (typeof pending === 'object') await pending;
  }
  return Number(process.hrtime.bigint() - begun) / 1000 / BATCH;
}

class RootModule {}
const app = await NestFactory.createApplicationContext(
  { module: RootModule, imports: [UnkeyModule.forRoot(moduleOptions(upstream, true))] },
  { logger: false },
);
const cachedGuard = app.get(UnkeyGuard);
const service = app.get(UnkeyService);
const guards = { noop: noopGuard(), handWritten: await handWrittenCacheGuard(upstream) };
const readKey = fromHeader('x-api-key');

const steps = {
  'no-op guard': (context) => guards.noop.canActivate(context),
  'hand-written cache': (context) => guards.handWritten.canActivate(context),
  'this module, cached': (context) => cachedGuard.canActivate(context),
  'of that: UnkeyService.verify': () => service.verify(KEY),
  'of that: SHA-256 of the key': () => hash('sha256', KEY, 'base64url').length,
  'of that: the key from its header': (context) => readKey(context).length,
};
for (const guard of [guards.handWritten, cachedGuard]) {
  if ((await guard.canActivate(createContext())) !== true)
    throw new Error('A guard did not let the request through.');
}

/** Returns the lower quartile of each step's rounds, because a disturbance only ever makes a loop slower. */
async function measure() {
  const figures = Object.fromEntries(Object.keys(steps).map((name) => [name, []]));
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    for (const [name, one] of Object.entries(steps)) {
      const microseconds = await timeBatch(one);
      if (round >= WARM_UP_ROUNDS) figures[name].push(microseconds);
    }
  }
  return Object.fromEntries(
    Object.entries(figures).map(([name, values]) => [name, percentile(values, 0.25)]),
  );
}

process.on('disconnect', () => process.exit());
process.send({});
await once(process, 'message');
process.send(await measure());
