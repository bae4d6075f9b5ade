import { Controller, Get, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { OptionalKey, Public, UnkeyModule, type UnkeyModuleOptions } from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, startApp } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';

const Open = Reflector.createDecorator<boolean>();
const IsPublic = (value: unknown) => SetMetadata('isPublic', value);

@Controller()
class HandlersController {
  @IsPublic(true)
  @Get('true')
  yes() {
    return {};
  }

  @IsPublic('true')
  @Get('text')
  text() {
    return {};
  }

  @Open(true)
  @Get('reflector')
  reflector() {
    return {};
  }

  @IsPublic(true)
  @Public(false)
  @Get('ours')
  ours() {
    return {};
  }

  @Get('none')
  none() {
    return {};
  }
}

@IsPublic(true)
@Controller('class')
class ClassController {
  @Get('inherits')
  inherits() {
    return {};
  }

  @IsPublic(false)
  @Get('not')
  not() {
    return {};
  }

  @IsPublic(undefined)
  @Get('undefined')
  nothing() {
    return {};
  }

  @OptionalKey()
  @Get('optional')
  optional() {
    return {};
  }
}

describe.each(ADAPTERS)('publicMetadata, on %s', (adapter) => {
  const server = useUnkey();
  const start = (options: UnkeyModuleOptions) =>
    startApp(adapter, {
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, ...options })],
      controllers: [HandlersController, ClassController],
    });

  it.each([
    ['/true', 200],
    ['/text', 401],
    ['/reflector', 401],
    ['/ours', 401],
    ['/none', 401],
    ['/class/inherits', 200],
    ['/class/not', 401],
    ['/class/undefined', 200],
    ['/class/optional', 200],
  ])("'isPublic': %s is answered %i", async (path, status) => {
    const { get } = await start({ publicMetadata: 'isPublic' });
    expect((await get(path)).status).toBe(status);
    expect(server.unkey.calls).toHaveLength(0);
  });

  it('a handler that is optional by our decorator still verifies a key that is sent', async () => {
    const { get } = await start({ publicMetadata: 'isPublic' });
    expect((await get('/class/optional', { 'x-api-key': 'unknown' })).status).toBe(401);
  });

  it('takes several keys, that of Reflector.createDecorator() among them', async () => {
    const { get } = await start({ publicMetadata: ['skipAuth', Open.KEY] });
    expect((await get('/reflector')).status).toBe(200);
    expect((await get('/true')).status).toBe(401);
  });

  it('is nothing by default', async () => {
    const { get } = await start({});
    expect((await get('/true')).status).toBe(401);
  });
});
