import { Controller, Get, Injectable, UseGuards, type ExecutionContext } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { UnkeyGuard, UnkeyKey, UnkeyModule } from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, startApp } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';

/** Which guards decided, in order. */
const decided: string[] = [];

@Injectable()
class PartnerGuard extends UnkeyGuard {
  protected override extractKey(context: ExecutionContext) {
    decided.push('partner');
    return context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-partner-key'];
  }
}

@Injectable()
class StrictGuard extends UnkeyGuard {
  protected override extractKey(context: ExecutionContext) {
    decided.push('strict');
    return super.extractKey(context);
  }
}

const answer = (keyId: string) => ({ keyId });

@Controller('handler')
class HandlerController {
  @UseGuards(PartnerGuard)
  @Get('partner')
  partner(@UnkeyKey('keyId') keyId: string) {
    return answer(keyId);
  }

  @Get('plain')
  plain(@UnkeyKey('keyId') keyId: string) {
    return answer(keyId);
  }
}

@UseGuards(PartnerGuard)
@Controller('class')
class ClassController {
  @Get('inherited')
  inherited(@UnkeyKey('keyId') keyId: string) {
    return answer(keyId);
  }

  // The handler's own guard is what decides for the built-in one, and it is the built-in one.
  @UseGuards(UnkeyGuard)
  @Get('built-in')
  builtIn(@UnkeyKey('keyId') keyId: string) {
    return answer(keyId);
  }
}

@UseGuards(UnkeyGuard, PartnerGuard)
@Controller('among')
class AmongController {
  @Get()
  read(@UnkeyKey('keyId') keyId: string) {
    return answer(keyId);
  }
}

@UseGuards(UnkeyGuard)
@Controller('mixed')
class MixedController {
  @UseGuards(PartnerGuard)
  @Get()
  read(@UnkeyKey('keyId') keyId: string) {
    return answer(keyId);
  }
}

const CONTROLLERS = [HandlerController, ClassController, AmongController, MixedController];

describe.each(ADAPTERS)('a subclass of the guard on a handler, on %s', (adapter) => {
  const server = useUnkey();
  const globally = {
    'globalGuard: true': () => ({
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true })],
      providers: [],
    }),
    'APP_GUARD with useClass': () => ({
      imports: [UnkeyModule.forRoot(server.options)],
      providers: [{ provide: APP_GUARD, useClass: UnkeyGuard }],
    }),
    'APP_GUARD with useExisting': () => ({
      imports: [UnkeyModule.forRoot(server.options)],
      providers: [{ provide: APP_GUARD, useExisting: UnkeyGuard }],
    }),
  };
  const start = (how: keyof typeof globally = 'globalGuard: true') => {
    decided.length = 0;
    return startApp(adapter, { ...globally[how](), controllers: CONTROLLERS });
  };

  describe.each(Object.keys(globally) as (keyof typeof globally)[])('under %s', (how) => {
    it.each(['/handler/partner', '/class/inherited'])('decides alone at %s, with one call', async (path) => {
      const { get } = await start(how);
      const { key, keyId } = await server.unkey.createKey({ credits: { remaining: 10 } });
      expect(await get(path, { 'x-partner-key': key })).toMatchObject({ status: 200, body: { keyId } });
      expect(server.unkey.calls).toHaveLength(1);
      expect((await get(path, { 'x-api-key': key })).status).toBe(401);
      expect((await get(path)).status).toBe(401);
    });

    it('leaves every other handler to the built-in guard', async () => {
      const { get } = await start(how);
      const { key, keyId } = await server.unkey.createKey({});
      expect((await get('/handler/plain')).status).toBe(401);
      expect(await get('/handler/plain', { 'x-api-key': key })).toMatchObject({ body: { keyId } });
      expect(decided).toEqual([]);
    });

    it('costs one call next to the built-in guard, and both must allow the request', async () => {
      const { get } = await start(how);
      const { key } = await server.unkey.createKey({});
      for (const path of ['/among', '/mixed']) {
        expect((await get(path, { 'x-partner-key': key })).status, path).toBe(401);
        expect((await get(path, { 'x-api-key': key })).status, path).toBe(401);
        const calls = server.unkey.calls.length;
        expect((await get(path, { 'x-api-key': key, 'x-partner-key': key })).status, path).toBe(200);
        expect(server.unkey.calls.length - calls, path).toBe(1);
      }
    });
  });

  it('on the class does not count where the handler has the built-in guard itself', async () => {
    const { get } = await start();
    const { key } = await server.unkey.createKey({});
    // Nest runs the class's guard too; the global guard stays, so both headers are needed.
    expect((await get('/class/built-in', { 'x-partner-key': key })).status).toBe(401);
    expect((await get('/class/built-in', { 'x-partner-key': key, 'x-api-key': key })).status).toBe(200);
  });

  it('may be an instance', async () => {
    const { app } = await start();
    const instance = app.get(PartnerGuard, { strict: false });
    @UseGuards(instance)
    @Controller('instance')
    class InstanceController {
      @Get()
      read() {
        return {};
      }
    }
    const { get } = await startApp(adapter, {
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true })],
      controllers: [InstanceController],
    });
    const { key } = await server.unkey.createKey({});
    expect((await get('/instance', { 'x-partner-key': key })).status).toBe(200);
    expect((await get('/instance', { 'x-api-key': key })).status).toBe(401);
  });

  it('that is registered globally leaves no handler to another one', async () => {
    decided.length = 0;
    const { get } = await startApp(adapter, {
      imports: [UnkeyModule.forRoot(server.options)],
      controllers: CONTROLLERS,
      providers: [{ provide: APP_GUARD, useClass: StrictGuard }],
    });
    const { key } = await server.unkey.createKey({});
    expect((await get('/handler/partner', { 'x-partner-key': key })).status).toBe(401);
    expect((await get('/handler/partner', { 'x-partner-key': key, 'x-api-key': key })).status).toBe(200);
    expect(decided).toEqual(['strict', 'strict', 'partner']);
    expect(server.unkey.calls).toHaveLength(1);
  });

  it('of another copy of this package counts too', async () => {
    const other = (await import('../../src/unkey.guard.js?copy' as string)) as {
      UnkeyGuard: typeof UnkeyGuard;
    };
    expect(other.UnkeyGuard).not.toBe(UnkeyGuard);
    class OtherPartnerGuard extends other.UnkeyGuard {
      protected override extractKey(context: ExecutionContext) {
        return context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers[
          'x-partner-key'
        ];
      }
    }
    @Controller('other')
    class OtherController {
      @UseGuards(OtherPartnerGuard)
      @Get('sub')
      sub() {
        return {};
      }

      @UseGuards(other.UnkeyGuard)
      @Get('built-in')
      builtIn() {
        return {};
      }
    }
    const { get } = await startApp(adapter, {
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true })],
      controllers: [OtherController],
    });
    const { key } = await server.unkey.createKey({});
    expect((await get('/other/sub', { 'x-partner-key': key })).status).toBe(200);
    expect((await get('/other/built-in', { 'x-partner-key': key })).status).toBe(401);
    expect((await get('/other/built-in', { 'x-api-key': key })).status).toBe(200);
  });
});
