// Verifies one key and then has nothing left to do; the app is not closed.
import { NestFactory } from '@nestjs/core';
import { UnkeyModule, UnkeyService } from '../../dist/esm/index.js';

const [, , baseUrl, rootKey] = process.argv;

class RootModule {}
const app = await NestFactory.createApplicationContext(
  { module: RootModule, imports: [UnkeyModule.forRoot({ baseUrl, rootKey })] },
  { logger: false },
);
process.send(await app.get(UnkeyService).verify('any'));
