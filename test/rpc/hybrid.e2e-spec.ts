import { Controller, Get, Injectable, Scope, UseGuards, type Provider } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { MessagePattern } from '@nestjs/microservices';
import { fromPayload, UnkeyGuard, UnkeyKey, UnkeyModule, type VerifiedKey } from 'nestjs-unkey';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ADAPTERS, httpAdapter, listen, LogLines, request, type Adapter } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';
import {
  addressOf,
  microserviceClient,
  outcome,
  rootModule,
  startMicroservice,
  TCP,
} from './support/microservice.js';

@Injectable({ scope: Scope.REQUEST })
class RequestScopedGuard extends UnkeyGuard {}

@Controller()
class Plain {
  @Get()
  @MessagePattern('read')
  read() {
    return { answer: 'handler' };
  }
}

@UseGuards(UnkeyGuard)
@Controller()
class Guarded extends Plain {
  @Get()
  @MessagePattern('read')
  override read() {
    return super.read();
  }
}

@UseGuards(RequestScopedGuard)
@Controller()
class GuardedPerRequest extends Plain {
  @Get()
  @MessagePattern('read')
  override read() {
    return super.read();
  }
}

@Controller()
class ReadsKey {
  @Get()
  @MessagePattern('read')
  read(@UnkeyKey() key: VerifiedKey | undefined) {
    return { answer: key };
  }
}

const global = (guard: typeof UnkeyGuard): Provider => ({ provide: APP_GUARD, useClass: guard });
const OPEN = { answer: 'handler' };
const DENIED: unknown = { refused: expect.objectContaining({ code: 'MISSING_KEY', statusCode: 401 }) };

interface Parts {
  controllers: (typeof Plain | typeof ReadsKey)[];
  providers?: Provider[];
}

describe('an app with HTTP and microservices', () => {
  const server = useUnkey();
  const metadata = ({ controllers, providers = [] }: Parts) => ({
    imports: [UnkeyModule.forRoot(server.options)],
    controllers,
    providers,
  });

  /** What a caller without a key gets over HTTP and as a message. */
  async function hybrid(adapter: Adapter, inheritAppConfig: boolean, parts: Parts, key?: string) {
    const log = new LogLines();
    const app = await NestFactory.create(rootModule(metadata(parts)), httpAdapter(adapter), { logger: log });
    onTestFinished(() => app.close());
    const microservice = app.connectMicroservice(TCP, { inheritAppConfig });
    await app.startAllMicroservices();
    const url = await listen(app);
    const client = microserviceClient(TCP.transport, addressOf(microservice));
    const { status } = await request(url, key === undefined ? {} : { headers: { 'x-api-key': key } });
    return { http: status, message: await outcome(client.send('read', {})), log };
  }

  // Nest gives a microservice the app's global guards only if it is asked to.
  it.each<[guard: string, inherits: boolean, parts: Parts, message: unknown]>([
    ['a global guard', false, { controllers: [Plain], providers: [global(UnkeyGuard)] }, OPEN],
    ['a global guard', true, { controllers: [Plain], providers: [global(UnkeyGuard)] }, DENIED],
    [
      'a request-scoped global guard',
      false,
      { controllers: [Plain], providers: [global(RequestScopedGuard)] },
      OPEN,
    ],
    [
      'a request-scoped global guard',
      true,
      { controllers: [Plain], providers: [global(RequestScopedGuard)] },
      DENIED,
    ],
    ['a guard on the class', false, { controllers: [Guarded] }, DENIED],
    ['a guard on the class', true, { controllers: [Guarded] }, DENIED],
    ['a request-scoped guard on the class', false, { controllers: [GuardedPerRequest] }, DENIED],
    ['a request-scoped guard on the class', true, { controllers: [GuardedPerRequest] }, DENIED],
  ])('%s, inheritAppConfig: %s', async (_, inherits, parts, message) => {
    for (const adapter of ADAPTERS) {
      const answers = await hybrid(adapter, inherits, parts);
      expect(answers).toMatchObject({ http: 401, message });
    }
  });

  it('@UnkeyKey() in a message that no guard saw is an error, not a missing key', async () => {
    const { key } = await server.unkey.createKey({});
    const parts = { controllers: [ReadsKey], providers: [global(UnkeyGuard)] };
    const { http, message, log } = await hybrid('express', false, parts, key);
    expect(http).toBe(200);
    expect(message).toEqual({ refused: { status: 'error', message: 'Internal server error' } });
    expect(log.of('error', 'ReadsKey.read: no UnkeyGuard ran before this handler')).toHaveLength(1);
  });

  it('several guards, request-scoped or not, verify a message once', async () => {
    @UseGuards(UnkeyGuard, RequestScopedGuard)
    @Controller({ scope: Scope.REQUEST })
    class Scoped {
      @MessagePattern('read')
      read(@UnkeyKey('keyId') keyId: string) {
        return { keyId };
      }
    }
    const { app } = await startMicroservice(TCP, {
      imports: [UnkeyModule.forRoot({ ...server.options, keyFrom: fromPayload('key') })],
      controllers: [Scoped],
      providers: [global(RequestScopedGuard)],
    });
    const { key, keyId } = await server.unkey.createKey({});
    const client = microserviceClient(TCP.transport, addressOf(app));
    expect(await outcome(client.send('read', { key }))).toEqual({ keyId });
    expect(server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey')).toHaveLength(1);
  });

  it.each<[string, Parts]>([
    ['a global guard', { controllers: [Plain], providers: [global(UnkeyGuard)] }],
    ['a request-scoped global guard', { controllers: [Plain], providers: [global(RequestScopedGuard)] }],
    ['a guard on the class', { controllers: [Guarded] }],
    ['a request-scoped guard on the class', { controllers: [GuardedPerRequest] }],
  ])('a microservice by itself: %s', async (_, parts) => {
    const { app } = await startMicroservice(TCP, metadata(parts));
    const client = microserviceClient(TCP.transport, addressOf(app));
    expect(await outcome(client.send('read', {}))).toEqual(DENIED);
  });
});
