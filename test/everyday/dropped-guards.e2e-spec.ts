import { Controller, Get, Injectable, UseGuards, type ExecutionContext } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import { Public, RequirePermissions, UnkeyGuard, UnkeyKey, UnkeyModule } from 'nestjs-unkey';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ADAPTERS, bootError, startApp } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';
import { GRAPHQL_SERVERS, startGraphql } from '../transports/graphql-app.js';

@Injectable()
class PartnerGuard extends UnkeyGuard {
  protected override extractKey(context: ExecutionContext) {
    return context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-partner-key'];
  }
}

const server = useUnkey();
const unkeyModule = () => UnkeyModule.forRoot({ ...server.options, globalGuard: true });

describe.each(ADAPTERS)('the global guard decides where Nest drops the subclass, on %s', (adapter) => {
  it('that was applied to a controller after the app was created', async () => {
    @Controller('late')
    class LateController {
      @Get()
      read(@UnkeyKey('keyId') keyId: string) {
        return { keyId };
      }
    }
    const { get } = await startApp(adapter, { imports: [unkeyModule()], controllers: [LateController] }, () =>
      UseGuards(PartnerGuard)(LateController),
    );
    const { key, keyId } = await server.unkey.createKey({});
    expect((await get('/late')).status).toBe(401);
    expect(await get('/late', { 'x-api-key': key })).toMatchObject({ status: 200, body: { keyId } });
  });
});

describe('a mixin that replaces the constructor of a controller', () => {
  it.each<[string, ClassDecorator[], ClassDecorator[]]>([
    ['takes away its permissions', [RequirePermissions('admin')], []],
    ['makes it public', [], [Public()]],
    ['leaves it to a guard that it has not', [], [UseGuards(PartnerGuard)]],
  ])('fails at startup if it %s', async (_, ofMixed, ofMixin) => {
    class Mixin {
      @Get('list')
      list() {
        return 'listed';
      }
    }
    class MixedController {}
    ofMixin.forEach((decorate) => decorate(Mixin));
    [Controller('mixed'), ...ofMixed].forEach((decorate) => decorate(MixedController));
    Object.defineProperties(MixedController.prototype, Object.getOwnPropertyDescriptors(Mixin.prototype));
    const { message } = await bootError({ imports: [unkeyModule()], controllers: [MixedController] });
    expect(message).toMatch(/^MixedController\.list: the decorators of MixedController have no effect/);
  });
});

describe.each(GRAPHQL_SERVERS)('a resolver that useFactory provides, $name', (graphql) => {
  it.each(['class', 'method'] as const)(
    'is protected though Nest drops the subclass on its %s',
    async (place) => {
      class FactoryResolver {
        hello() {
          return 'hello';
        }
      }
      const hello = Object.getOwnPropertyDescriptor(FactoryResolver.prototype, 'hello')!;
      Query(() => String)(FactoryResolver.prototype, 'hello', hello);
      Resolver()(FactoryResolver);
      if (place === 'class') UseGuards(PartnerGuard)(FactoryResolver);
      else UseGuards(PartnerGuard)(FactoryResolver.prototype, 'hello', hello);
      const { app, send } = await startGraphql(graphql, {
        imports: [unkeyModule()],
        providers: [{ provide: FactoryResolver, useFactory: () => new FactoryResolver() }],
      });
      onTestFinished(() => app.close());
      const { key } = await server.unkey.createKey({});
      expect((await send({ query: '{ hello }' })).body).toMatchObject({
        errors: [{ extensions: { reason: 'MISSING_KEY' } }],
      });
      expect((await send({ query: '{ hello }' }, { 'x-api-key': key })).body).toEqual({
        data: { hello: 'hello' },
      });
    },
  );
});
