import { Test } from '@nestjs/testing';
import { UnkeyService } from 'nestjs-unkey';
import { fakeVerifier, useVerifier } from 'nestjs-unkey/testing';
import { expect, it } from 'vitest';
import { AppModule } from './app.module.js';

it('protects the same routes as before', async () => {
  const builder = Test.createTestingModule({ imports: [AppModule] });
  const app = (await useVerifier(builder, fakeVerifier({})).compile()).createNestApplication();
  // Repeat here what main.ts sets up: global prefix, versioning, useGlobalGuards().
  await app.init();
  expect(app.get(UnkeyService).audit()).toMatchSnapshot();
  await app.close();
});
