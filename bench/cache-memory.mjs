// Measures the memory of the cache: after many invalid keys, and during an hour of fake time. Needs --expose-gc.
import 'reflect-metadata';
import { createHook } from 'node:async_hooks';
import { NestFactory } from '@nestjs/core';
import { UnkeyModule, UnkeyService } from '../dist/esm/index.js';

const MB = 1024 * 1024;
const HOUR = 3_600_000;
let fake = Date.now();
Date.now = () => fake;
const heap = () => {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / MB;
};
// Includes timers that don't keep the process running, which `getActiveResourcesInfo` does not list.
const live = new Set();
createHook({
  init: (id, type) => void (type === 'Timeout' && live.add(id)),
  destroy: (id) => void live.delete(id),
}).enable();
const timers = async () => {
  await new Promise((resolve) => setImmediate(resolve));
  return live.size;
};
const signed = (megabytes) => `${megabytes < 0 ? '-' : '+'}${Math.abs(megabytes).toFixed(1)} MB`;
const goal = (text, isReached) => `must be ${text}: ${isReached ? 'reached' : 'NOT reached'}`;

class RootModule {}
async function serviceWith(cache) {
  const verifier = async ({ key }) =>
    key.startsWith('good')
      ? {
          valid: true,
          code: 'VALID',
          keyId: `key_${key}`,
          meta: { plan: 'pro' },
          permissions: ['documents.read'],
        }
      : { valid: false, code: 'NOT_FOUND' };
  const app = await NestFactory.createApplicationContext(
    { module: RootModule, imports: [UnkeyModule.forRoot({ rootKey: 'x', verifier, client: false, cache })] },
    { logger: false },
  );
  return app.get(UnkeyService);
}

async function flood() {
  const service = await serviceWith({ ttl: HOUR, negativeTtl: 60_000 });
  for (let n = 0; n < 1000; n++) await service.verify(`good-${n}`);
  for (let n = 0; n < 1000; n++) await service.verify(`bad-${n}`);
  const before = heap();
  for (let n = 1000; n < 1_001_000; n++) await service.verify(`bad-${n}`);
  const grown = heap() - before;
  let cached = 0;
  for (let n = 0; n < 1000; n++) if ((await service.verify(`good-${n}`)).source === 'cache') cached++;
  console.log(
    `1,000,000 different invalid keys: heap ${signed(grown)} (${goal('< 20', grown < 20)}), ${cached} of 1000 valid keys still cached (${goal('all', cached === 1000)})`,
  );
}

/** Verifies 100,000 keys within an hour. Expired entries are deleted when new ones are added. */
async function hour(ttl) {
  const service = await serviceWith({ ttl, max: 200_000 });
  for (let n = 0; n < 1000; n++) await service.verify(`good-first-${n}`);
  fake += ttl;
  await service.verify('good');
  const floor = heap();
  const timersBefore = await timers();
  for (let n = 0; n < 100_000; n++) {
    await service.verify(`good-${n}`);
    fake += HOUR / 100_000;
  }
  const full = heap() - floor;
  const entries = (await timers()) - timersBefore;
  fake += ttl;
  for (let n = 0; n < 1000; n++) await service.verify(`good-late-${n}`);
  const left = heap() - floor;
  console.log(
    `1 h of fake time, 100,000 keys, ttl ${ttl / 60_000} min: heap ${signed(full)} at its end, ${signed(left)} after all have expired (${goal('< 2', left < 2)}); ${entries} timers (${goal('0', entries === 0)})`,
  );
}

await flood();
// First with a `ttl` so long that all entries exist at the same time, then with a shorter one.
await hour(2 * HOUR);
await hour(60_000);
process.exit();
