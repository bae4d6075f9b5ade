// What the cache keeps: a flood of bad keys, and an hour of fake time. Needs --expose-gc.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { UnkeyModule, UnkeyService } from '../dist/esm/index.js';

const MB = 1024 * 1024;
let fake = Date.now();
Date.now = () => fake;
const heap = () => {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / MB;
};
const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

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

const flooded = await serviceWith({ ttl: 3_600_000, negativeTtl: 60_000 });
for (let n = 0; n < 1000; n++) await flooded.verify(`good-${n}`);
for (let n = 0; n < 1000; n++) await flooded.verify(`bad-${n}`);
const beforeFlood = heap();
for (let n = 1000; n < 1_001_000; n++) await flooded.verify(`bad-${n}`);
const grown = heap() - beforeFlood;
let cached = 0;
for (let n = 0; n < 1000; n++) if ((await flooded.verify(`good-${n}`)).source === 'cache') cached++;
console.log(
  `1,000,000 different bad keys: heap +${grown.toFixed(1)} MB (must be < 20: ${grown < 20 ? 'reached' : 'NOT reached'}), ${cached} of 1000 good keys still cached`,
);

const hour = await serviceWith({ ttl: 60_000, max: 200_000 });
await hour.verify('good');
const floor = heap();
const timersBefore = timers();
for (let n = 0; n < 100_000; n++) {
  await hour.verify(`good-${n}`);
  fake += 36;
}
const full = heap();
const entries = timers() - timersBefore;
fake += 60_000;
// What is over goes when something new comes.
for (let n = 0; n < 100; n++) await hour.verify(`good-late-${n}`);
const left = heap() - floor;
console.log(
  `1 h of fake time, 100,000 keys: heap +${(full - floor).toFixed(1)} MB at its end, +${left.toFixed(1)} MB when all is over; ${entries} timers`,
);
process.exit();
