// Verifies a key that arrives in two halves, lets go of it, and says whether it still stands in memory.
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeHeapSnapshot } from 'node:v8';
import { NestFactory } from '@nestjs/core';
import { UnkeyModule, UnkeyService } from '../../dist/esm/index.js';

const [, , baseUrl, rootKey] = process.argv;

class RootModule {}
const imports = [UnkeyModule.forRoot({ baseUrl, rootKey, client: false, cache: { ttl: 3_600_000 } })];
const app = await NestFactory.createApplicationContext({ module: RootModule, imports }, { logger: false });
const service = app.get(UnkeyService);
process.send('ready');
const [{ start, end, other }] = await once(process, 'message');
const verify = async () => (await service.verify(start + end)).source ?? 'unkey';
const sources = [await verify(), await verify()];
// What was sent last is still held by its connection.
for (let n = 0; n < 3; n++) await service.verify(`${other}${n}`);
globalThis.gc();

const file = writeHeapSnapshot(join(tmpdir(), `nestjs-unkey-${process.pid}.heapsnapshot`));
const snapshot = readFileSync(file, 'utf8');
rmSync(file);
const holds = [start, end].map((half) => snapshot.includes(half));
process.send({ sources, holds, holdsKey: snapshot.includes(start + end) });
process.disconnect();
await app.close();
