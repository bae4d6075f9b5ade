import { Controller, Get } from '@nestjs/common';
import { UNKEY_HEADERS, UnkeyModule } from 'nestjs-unkey';
import { UnkeyEmulator } from 'nestjs-unkey/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ADAPTERS, startApp } from '../support/app.js';

const ORIGIN = 'https://app.acme.example';

@Controller()
class RootController {
  @Get()
  read() {
    return {};
  }
}

describe.each(ADAPTERS)('an app with enableCors() as docs/browsers-and-cors.md has it, on %s', (adapter) => {
  async function start() {
    const unkey = await UnkeyEmulator.start();
    onTestFinished(() => unkey.close());
    const app = await startApp(
      adapter,
      {
        imports: [UnkeyModule.forRoot({ globalGuard: true, rootKey: unkey.rootKey, baseUrl: unkey.url })],
        controllers: [RootController],
      },
      (nest) => nest.enableCors({ origin: ORIGIN, exposedHeaders: UNKEY_HEADERS }),
    );
    return { unkey, ...app };
  }

  it('answers a preflight request without a key, and does not call Unkey', async () => {
    const { unkey, url } = await start();
    const answer = await fetch(url, {
      method: 'OPTIONS',
      headers: {
        origin: ORIGIN,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'x-api-key',
      },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-headers')?.toLowerCase()).toBe('x-api-key');
    expect(unkey.calls).toEqual([]);
  });

  it('lets a browser read a 401 and its headers', async () => {
    const { get } = await start();
    const { status, headers } = await get('/', { origin: ORIGIN });
    expect(status).toBe(401);
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(headers.get('access-control-expose-headers')?.split(/,\s*/)).toEqual([...UNKEY_HEADERS]);
  });
});
