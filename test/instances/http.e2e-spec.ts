import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import {
  getUnkeyServiceToken,
  getVerifiedKey,
  KeyFrom,
  OptionalKey,
  Public,
  RequirePermissions,
  UNKEY_RESOLVED_OPTIONS,
  UnkeyGuard,
  UnkeyKey,
  UnkeyModule,
  UnkeyService,
  UseUnkey,
  fromHeader,
  type UnkeyModuleOptions,
  type VerifiedKey,
} from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, request, startApp, type Adapter } from '../support/app.js';
import { INTERNAL, useTwoUnkeys } from './support/two-unkeys.js';

const { customers, internal } = useTwoUnkeys();

const answer = (key?: VerifiedKey) => ({ keyId: key?.keyId ?? null });

@Controller('documents')
class DocumentsController {
  @Get()
  list(@UnkeyKey() key: VerifiedKey) {
    return answer(key);
  }

  @UseUnkey(INTERNAL)
  @Get('admin')
  admin(@UnkeyKey() key: VerifiedKey, @Req() incoming: { unkey?: VerifiedKey; user?: unknown }) {
    return { ...answer(key), attached: incoming.unkey?.keyId, user: incoming.user };
  }
}

@UseUnkey(INTERNAL)
@Controller('internal')
class InternalController {
  @Get()
  read(@UnkeyKey() key: VerifiedKey) {
    return answer(key);
  }

  @Public()
  @Get('health')
  health() {
    return { ok: true };
  }

  @OptionalKey()
  @Get('optional')
  optional(@UnkeyKey() key?: VerifiedKey) {
    return answer(key);
  }

  @RequirePermissions('jobs.run')
  @Get('jobs')
  jobs(@UnkeyKey() key: VerifiedKey) {
    return answer(key);
  }

  @KeyFrom(fromHeader('x-job-key'))
  @Get('elsewhere')
  elsewhere(@UnkeyKey() key: VerifiedKey) {
    return answer(key);
  }

  @UseUnkey('third')
  @Get('third')
  third(@UnkeyKey() key: VerifiedKey) {
    return answer(key);
  }
}

@UseGuards(UnkeyGuard)
@Controller('mixed')
class MixedController {
  @UseUnkey(INTERNAL)
  @Get('internal')
  internal(@UnkeyKey() key: VerifiedKey) {
    return answer(key);
  }

  @Get()
  customer(@UnkeyKey() key: VerifiedKey) {
    return answer(key);
  }
}

interface AppOptions {
  unnamed?: UnkeyModuleOptions & { globalGuard?: boolean };
  named?: UnkeyModuleOptions;
}

function start(adapter: Adapter, { unnamed, named }: AppOptions = {}) {
  return startApp(adapter, {
    imports: [
      UnkeyModule.forRoot({ ...customers.options, globalGuard: true, ...unnamed }),
      UnkeyModule.forRoot({ name: INTERNAL, ...internal.options, ...named }),
      UnkeyModule.forRoot({ name: 'third', ...customers.options, keyPrefix: 'third_' }),
    ],
    controllers: [DocumentsController, InternalController, MixedController],
  });
}

describe.each(ADAPTERS)('handlers with @UseUnkey(), on %s', (adapter) => {
  it.each([{ globalGuard: true }, { globalGuard: false }])(
    'accept the keys of their instance alone, with $globalGuard as globalGuard',
    async (unnamed) => {
      const { get } = await start(adapter, { unnamed });
      const customer = await customers.unkey.createKey({});
      const employee = await internal.unkey.createKey({});
      for (const path of ['/internal', '/documents/admin', '/mixed/internal']) {
        expect(await get(path, { 'x-api-key': employee.key }), path).toMatchObject({
          status: 200,
          body: { keyId: employee.keyId },
        });
        expect(await get(path, { 'x-api-key': customer.key }), path).toMatchObject({
          status: 401,
          body: { code: 'NOT_FOUND' },
        });
        expect(await get(path), path).toMatchObject({ status: 401, body: { code: 'MISSING_KEY' } });
      }
      expect((await get('/mixed', { 'x-api-key': customer.key })).body).toEqual({ keyId: customer.keyId });
      expect((await get('/mixed', { 'x-api-key': employee.key })).status).toBe(401);
    },
  );

  it('call their instance once, and no other, with any number of guards', async () => {
    const { get } = await start(adapter);
    const { key, keyId } = await internal.unkey.createKey({ credits: { remaining: 10 } });
    const before = internal.unkey.calls.length;
    expect((await get('/mixed/internal', { 'x-api-key': key })).body).toEqual({ keyId });
    expect(internal.unkey.calls.length - before).toBe(1);
    expect(customers.unkey.calls).toEqual([]);
  });

  it("use the handler's name instead of the class's", async () => {
    const { get } = await start(adapter);
    const { key, keyId } = await customers.unkey.createKey({ prefix: 'third' });
    expect((await get('/internal/third', { 'x-api-key': key })).body).toEqual({ keyId });
    expect((await get('/internal', { 'x-api-key': key })).status).toBe(401);
  });

  it('can be public or have an optional key', async () => {
    const { get } = await start(adapter);
    const { key, keyId } = await internal.unkey.createKey({});
    const customer = await customers.unkey.createKey({});
    expect((await get('/internal/health')).body).toEqual({ ok: true });
    expect((await get('/internal/optional')).body).toEqual({ keyId: null });
    expect((await get('/internal/optional', { 'x-api-key': key })).body).toEqual({ keyId });
    expect((await get('/internal/optional', { 'x-api-key': customer.key })).status).toBe(401);
  });

  it('follow the options of their instance', async () => {
    const { get } = await start(adapter, {
      unnamed: { realm: 'customers', permissions: 'never.granted' },
      named: {
        realm: 'staff',
        keyFrom: fromHeader('x-staff-key'),
        statuses: { NOT_FOUND: 403 },
        permissions: 'staff',
        userFrom: ({ keyId }) => ({ id: keyId }),
        checks: [{ check: ({ meta }) => meta?.['fired'] !== true, code: 'FIRED' }],
      },
    });
    const staff = await internal.unkey.createKey({ permissions: ['staff'] });
    const guest = await internal.unkey.createKey({});
    const fired = await internal.unkey.createKey({ permissions: ['staff'], meta: { fired: true } });
    const asked = (key: string) => get('/documents/admin', { 'x-staff-key': key });
    expect((await asked(staff.key)).body).toEqual({
      keyId: staff.keyId,
      attached: staff.keyId,
      user: { id: staff.keyId },
    });
    expect(await asked(guest.key)).toMatchObject({
      status: 403,
      body: { code: 'INSUFFICIENT_PERMISSIONS' },
    });
    expect(await asked(fired.key)).toMatchObject({ status: 403, body: { code: 'FIRED' } });
    expect(await asked('unknown')).toMatchObject({ status: 403, body: { code: 'NOT_FOUND' } });
    const missing = await get('/documents/admin', { 'x-api-key': staff.key });
    expect(missing.headers.get('www-authenticate')).toContain('realm="staff"');
  });

  it('read their keys with @KeyFrom() in place of the keyFrom of their instance', async () => {
    const { get } = await start(adapter, { named: { keyFrom: fromHeader('x-staff-key') } });
    const { key, keyId } = await internal.unkey.createKey({});
    expect((await get('/internal/elsewhere', { 'x-job-key': key })).body).toEqual({ keyId });
    expect((await get('/internal/elsewhere', { 'x-staff-key': key })).status).toBe(401);
  });

  it('require the permissions of their instance', async () => {
    const { get } = await start(adapter);
    const may = await internal.unkey.createKey({ permissions: ['jobs.run'] });
    const mayNot = await internal.unkey.createKey({});
    expect((await get('/internal/jobs', { 'x-api-key': may.key })).body).toEqual({ keyId: may.keyId });
    expect((await get('/internal/jobs', { 'x-api-key': mayNot.key })).status).toBe(403);
  });

  it.each<[string, AppOptions, { internal: number; customer: number }]>([
    ['exclude of theirs', { named: { exclude: ['/internal'] } }, { internal: 200, customer: 401 }],
    ['exclude of the other', { unnamed: { exclude: ['/internal'] } }, { internal: 401, customer: 401 }],
    ['public of theirs', { named: { public: [InternalController] } }, { internal: 200, customer: 401 }],
    ['public of the other', { unnamed: { public: [InternalController] } }, { internal: 401, customer: 401 }],
    ['skipIf of theirs', { named: { skipIf: () => true } }, { internal: 200, customer: 401 }],
    ['skipIf of the other', { unnamed: { skipIf: () => true } }, { internal: 401, customer: 200 }],
  ])('are opened by their own options: %s', async (_, options, expected) => {
    @UseUnkey(INTERNAL)
    @Controller('internal')
    class PlainController {
      @Get()
      read(@UnkeyKey() key?: VerifiedKey) {
        return answer(key);
      }
    }
    const replaced = (given: UnkeyModuleOptions = {}): UnkeyModuleOptions =>
      given.public === undefined ? given : { public: [PlainController] };
    const { get } = await startApp(adapter, {
      imports: [
        UnkeyModule.forRoot({ ...customers.options, globalGuard: true, ...replaced(options.unnamed) }),
        UnkeyModule.forRoot({ name: INTERNAL, ...internal.options, ...replaced(options.named) }),
      ],
      controllers: [PlainController, CustomerController],
    });
    expect((await get('/internal')).status).toBe(expected.internal);
    expect((await get('/customer')).status).toBe(expected.customer);
  });

  it.each([
    [false, true],
    [true, false],
    [true, true],
  ])('send problem details if their own instance does (unnamed: %s, named: %s)', async (unnamed, named) => {
    const { get } = await start(adapter, {
      unnamed: { problemDetails: unnamed },
      named: { problemDetails: named },
    });
    const typeAt = async (path: string) => (await get(path)).headers.get('content-type');
    expect(await typeAt('/internal')).toMatch(named ? /^application\/problem\+json/ : /^application\/json/);
    expect(await typeAt('/documents')).toMatch(
      unnamed ? /^application\/problem\+json/ : /^application\/json/,
    );
  });

  it('have their own breaker', async () => {
    const { get } = await start(adapter, { named: { breaker: { consecutiveFailures: 2 } } });
    const customer = await customers.unkey.createKey({});
    internal.unkey.fail({ status: 500 });
    for (let n = 0; n < 2; n++) await get('/internal', { 'x-api-key': 'any' });
    const asked = internal.unkey.calls.length;
    expect((await get('/internal', { 'x-api-key': 'any' })).status).toBe(503);
    expect(internal.unkey.calls.length).toBe(asked);
    expect((await get('/documents', { 'x-api-key': customer.key })).status).toBe(200);
  });

  it('have their own log', async () => {
    const { get, log } = await start(adapter);
    internal.unkey.fail({ status: 403 });
    expect((await get('/internal', { 'x-api-key': 'any' })).status).toBe(500);
    expect(log.of('error', 'UnkeyModule "internal"')).toHaveLength(1);
  });

  it('are served by a global guard that the app constructs itself', async () => {
    const { get } = await startApp(
      adapter,
      {
        imports: [
          UnkeyModule.forRoot(customers.options),
          UnkeyModule.forRoot({ name: INTERNAL, ...internal.options }),
        ],
        controllers: [PlainInternalController, DocumentsController],
      },
      (app) => {
        app.useGlobalGuards(new UnkeyGuard(app.get(UnkeyService), app.get(UNKEY_RESOLVED_OPTIONS)));
      },
    );
    const customer = await customers.unkey.createKey({});
    const employee = await internal.unkey.createKey({});
    expect((await get('/internal', { 'x-api-key': employee.key })).body).toEqual({ keyId: employee.keyId });
    expect((await get('/documents', { 'x-api-key': customer.key })).body).toEqual({ keyId: customer.keyId });
    expect((await get('/internal', { 'x-api-key': customer.key })).status).toBe(401);
  });

  it('are not satisfied by what a middleware of the other instance verified', async () => {
    const { url } = await startWithMiddleware(adapter, (services) => services.unnamed);
    const customer = await customers.unkey.createKey({});
    const get = (key: string) => request(`${url}/internal`, { headers: { 'x-api-key': key } });
    expect(await get(customer.key)).toMatchObject({ status: 401, body: { code: 'NOT_FOUND' } });
  });

  it('use what a middleware of their own instance verified', async () => {
    const { url } = await startWithMiddleware(adapter, (services) => services.named);
    const employee = await internal.unkey.createKey({ credits: { remaining: 10 } });
    const before = internal.unkey.calls.length;
    const answered = await request(`${url}/internal`, { headers: { 'x-api-key': employee.key } });
    expect(answered).toMatchObject({ status: 200, body: { keyId: employee.keyId } });
    expect(internal.unkey.calls.length - before).toBe(1);
    const refused = await request(`${url}/documents`, { headers: { 'x-api-key': employee.key } });
    expect(refused.status).toBe(401);
  });
});

@Controller('customer')
class CustomerController {
  @Get()
  read(@Req() incoming: object) {
    return answer(getVerifiedKey(incoming));
  }
}

async function startWithMiddleware(
  adapter: Adapter,
  pick: (services: { unnamed: UnkeyService; named: UnkeyService }) => UnkeyService,
) {
  return startApp(
    adapter,
    {
      imports: [
        UnkeyModule.forRoot({ ...customers.options, globalGuard: true }),
        UnkeyModule.forRoot({ name: INTERNAL, ...internal.options }),
      ],
      controllers: [PlainInternalController, DocumentsController],
    },
    (app) => {
      const named = app.get<UnkeyService>(getUnkeyServiceToken(INTERNAL));
      app.use(pick({ unnamed: app.get(UnkeyService), named }).middleware());
    },
  );
}

@UseUnkey(INTERNAL)
@Controller('internal')
class PlainInternalController {
  @Get()
  read(@UnkeyKey() key: VerifiedKey) {
    return answer(key);
  }
}
