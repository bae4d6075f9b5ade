import type { INestApplication } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Test } from '@nestjs/testing';
import { Unkey } from '@unkey/api';
import { useEmulator, type UnkeyEmulator } from 'nestjs-unkey/testing';
import { AppModule } from '../src/app.module.js';

/** Starts the app on a free port, with a local Unkey server in place of the real one, and an API for its keys. */
export async function startApp(
  unkey: UnkeyEmulator,
): Promise<{ app: INestApplication; url: string; apiId: string }> {
  const client = new Unkey({ rootKey: unkey.rootKey, serverURL: unkey.url });
  const { data: api } = await client.apis.createApi({ name: 'documents' });
  const builder = Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(ConfigService)
    .useValue(new ConfigService({ UNKEY_API_ID: api.apiId }));
  const module = await useEmulator(builder, unkey).compile();
  const app = module.createNestApplication();
  await app.listen(0);
  return { app, url: await app.getUrl(), apiId: api.apiId };
}
