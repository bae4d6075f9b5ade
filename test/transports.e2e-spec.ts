import {
  Controller,
  createParamDecorator,
  Injectable,
  UseGuards,
  type ExecutionContext,
  type Type,
} from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core';
import { MessagePattern } from '@nestjs/microservices';
import {
  getVerifiedKey,
  Public,
  UnkeyGuard,
  UnkeyKey,
  UnkeyModule,
  type UnkeyModuleOptions,
  type VerifiedKey,
} from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import {
  addressOf,
  microserviceClient,
  outcome,
  startMicroservice,
  TCP,
} from './rpc/support/microservice.js';
import { startApp } from './support/app.js';
import { useUnkey } from './support/unkey.js';

const KeyOfContext = createParamDecorator((_: unknown, context: ExecutionContext) => getVerifiedKey(context));

/** Handlers of messages, queries and events, outside of Nest's HTTP router. */
@UseGuards(UnkeyGuard)
@Injectable()
class Handlers {
  read(@UnkeyKey() key: VerifiedKey | undefined, @KeyOfContext() same: VerifiedKey | undefined) {
    return { hasKey: key !== undefined || same !== undefined };
  }
}

@Injectable()
class WithoutGuard {
  read(@UnkeyKey() key: VerifiedKey | undefined) {
    return { hasKey: key !== undefined };
  }
}

@Injectable()
class WithoutGuardOrKey {
  read(@KeyOfContext() key: VerifiedKey | undefined) {
    return { hasKey: key !== undefined };
  }
}

describe('an unknown context type', () => {
  const server = useUnkey();

  /** Calls a handler in the same way as libraries with their own context type. */
  async function call(handlers: Type<{ read: unknown }>, type: string, options: UnkeyModuleOptions = {}) {
    const { app } = await startApp('express', {
      imports: [UnkeyModule.forRoot({ ...server.options, ...options })],
      providers: [handlers],
    });
    const instance = app.get(handlers);
    const read = app
      .get(ExternalContextCreator)
      .create(
        instance,
        instance.read as (...args: unknown[]) => unknown,
        'read',
        '__routeArguments__',
        { exchangeKeyForValue: () => undefined },
        undefined,
        undefined,
        { guards: true, interceptors: false, filters: false },
        type,
      );
    const { key } = await server.unkey.createKey({});
    return read({ headers: { 'x-api-key': key } }, {});
  }

  it.each(['rmq', 'necord'])('%s is rejected with an error that names it', async (type) => {
    await expect(call(Handlers, type)).rejects.toThrow(
      `UnkeyGuard does not support requests of type "${type}", so it rejects them (Handlers.read). ` +
        `To let them through without a key, set the option skipTransports: ["${type}"].`,
    );
    expect(server.unkey.calls).toHaveLength(0);
  });

  it('is not let through by skipIf or by another type in skipTransports', async () => {
    await expect(call(Handlers, 'rmq', { skipIf: () => true })).rejects.toThrow('does not support');
    await expect(call(Handlers, 'rmq', { skipTransports: ['necord'] })).rejects.toThrow('does not support');
  });

  it('is let through without a key if skipTransports lists it', async () => {
    expect(await call(Handlers, 'rmq', { skipTransports: ['necord', 'rmq'] })).toEqual({ hasKey: false });
    expect(server.unkey.calls).toHaveLength(0);
  });

  it('if skipped, @UnkeyKey() is undefined, also without a guard', async () => {
    expect(await call(WithoutGuard, 'rmq', { skipTransports: ['rmq'] })).toEqual({ hasKey: false });
  });

  it('if not skipped, @UnkeyKey() without a guard throws, also after another app skipped the type', async () => {
    await call(WithoutGuard, 'rmq', { skipTransports: ['rmq'] });
    await expect(call(WithoutGuard, 'rmq')).rejects.toThrow(
      '@UnkeyKey() in WithoutGuard.read: no UnkeyGuard ran before this handler.',
    );
  });

  it('getVerifiedKey() finds no key', async () => {
    expect(await call(WithoutGuardOrKey, 'rmq')).toEqual({ hasKey: false });
  });
});

describe('skipTransports', () => {
  const server = useUnkey();

  @UseGuards(UnkeyGuard)
  @Controller()
  class Guarded {
    @MessagePattern('guarded')
    guarded(@UnkeyKey() key: VerifiedKey | undefined) {
      return { hasKey: key !== undefined };
    }

    @Public(false)
    @MessagePattern('notPublic')
    notPublic(@UnkeyKey('keyId') keyId: string | undefined) {
      return { hasKey: keyId !== undefined };
    }
  }

  @Controller()
  class Unguarded {
    @MessagePattern('unguarded')
    unguarded(@UnkeyKey() key: VerifiedKey | undefined) {
      return { hasKey: key !== undefined };
    }
  }

  it.each(['guarded', 'notPublic', 'unguarded'])(
    'lets messages of a known type through, whatever stands over the handler: %s',
    async (pattern) => {
      const { app } = await startMicroservice(TCP, {
        imports: [UnkeyModule.forRoot({ ...server.options, skipTransports: ['rpc'], globalGuard: true })],
        controllers: [Guarded, Unguarded],
      });
      const client = microserviceClient(TCP.transport, addressOf(app));
      expect(await outcome(client.send(pattern, {}))).toEqual({ hasKey: false });
    },
  );
});
