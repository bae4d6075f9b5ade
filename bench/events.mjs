// Measures what events cost if nobody subscribes: the calls alone, and as a share of the cheapest verification, which is
// a cached result.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { UnkeyModule, UnkeyService } from '../dist/esm/index.js';
import { VerificationEvents } from '../dist/esm/telemetry/verification-events.js';

const TIMES = 300_000;
const ROUNDS = 7;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Returns the processor time per call, in ns. */
async function cost(one) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    for (let n = 0; n < TIMES; n++) {
      const pending = one();
      if (pending !== undefined) await pending;
    }
    const { user, system } = process.cpuUsage(before);
    rounds.push(((user + system) * 1000) / TIMES);
  }
  return median(rounds);
}

class RootModule {}
const verifier = async () => ({ valid: true, code: 'VALID', keyId: 'key_bench1234' });
const options = { rootKey: 'unkey_bench', verifier, client: false, cache: { ttl: 3_600_000 } };
const app = await NestFactory.createApplicationContext(
  { module: RootModule, imports: [UnkeyModule.forRoot(options)] },
  { logger: false },
);
const service = app.get(UnkeyService);
const events = new VerificationEvents();
let heard = 0;

const loop = await cost(() => {
  heard += 1;
});
const silent = await cost(() => {
  if (events.isHeard()) heard += 1;
  events.cached('hit', 'key_bench1234');
});
const remembered = await cost(() => service.verify('acme_live_bench'));
const share = ((silent - loop) / remembered) * 100;
console.log(
  `events without subscribers: ${(silent - loop).toFixed(0)} ns per verification, ${share.toFixed(1)} % of a cached result`,
);
process.exit();
