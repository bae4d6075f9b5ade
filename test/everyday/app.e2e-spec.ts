import {
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  Req,
  SetMetadata,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  CheckKey,
  KeyFrom,
  RequirePermissions,
  UNKEY_HEADERS,
  UnkeyGuard,
  UnkeyModule,
  fromHeader,
  permissionQuery,
  type UnkeyModuleOptions,
} from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, request, startApp } from '../support/app.js';
import { keyspaceServer } from '../support/keyspace-server.js';
import { useUnkey } from '../support/unkey.js';

interface User {
  id: string;
  teamId?: unknown;
  plan?: unknown;
}

/** What a handler sees of its request. */
interface AppRequest {
  headers: Record<string, string | undefined>;
  user?: User;
}

/** A session guard as apps have it: it knows JWTs, and nothing of API keys. */
@Injectable()
class SessionGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const incoming = context.switchToHttp().getRequest<AppRequest>();
    if (incoming.headers['authorization'] !== `Bearer ${SESSION}`) return false;
    incoming.user = { id: 'browser' };
    return true;
  }
}

/** Either a session or an API key, as docs/jwt-and-keys.md shows it. */
@Injectable()
class SessionOrKeyGuard implements CanActivate {
  constructor(
    @Inject(SessionGuard) private readonly session: SessionGuard,
    @Inject(UnkeyGuard) private readonly unkey: UnkeyGuard,
  ) {}

  canActivate(context: ExecutionContext) {
    return this.session.canActivate(context) || this.unkey.canActivate(context);
  }
}

const SESSION = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJicm93c2VyIn0.c2lnbmF0dXJl';

/** Another package's decorator and controller. */
const PublicOfHealth = () => SetMetadata('isPublic', true);

@PublicOfHealth()
@Controller('health')
class HealthController {
  @Get()
  read() {
    return { ok: true };
  }
}

@Module({ controllers: [HealthController] })
class HealthModule {}

@RequirePermissions(permissionQuery('cms.read AND cms.write'))
@Controller('cms')
class CmsController {
  @Get()
  read(@Req() incoming: AppRequest) {
    return incoming.user;
  }
}

@CheckKey((key) => key.meta?.['plan'] === 'pro', {
  code: 'PLAN_REQUIRED',
  status: 402,
  message: 'This needs the plan "pro".',
})
@Controller('pro')
class ProController {
  @Get()
  read(@Req() incoming: AppRequest) {
    return incoming.user;
  }
}

@KeyFrom(fromHeader('X-Partner-Key'))
@Controller('partners')
class PartnersController {
  @Get()
  read(@Req() incoming: AppRequest) {
    return incoming.user;
  }
}

describe.each(ADAPTERS)('an everyday app without one subclass, on %s', (adapter) => {
  const server = useUnkey();
  const ours: UnkeyModuleOptions = {
    checks: [{ check: (key) => key.identity !== undefined, code: 'IDENTITY_REQUIRED' }],
    userFrom: ({ identity, meta }): User => ({
      id: identity?.externalId ?? '',
      teamId: meta?.['teamId'],
      plan: meta?.['plan'],
    }),
    exposeRequiredPermissions: true,
    publicMetadata: 'isPublic',
    tags: ['service=api'],
  };
  const start = (options: UnkeyModuleOptions = {}) =>
    startApp(
      adapter,
      {
        imports: [UnkeyModule.forRoot({ ...server.options, ...ours, ...options }), HealthModule],
        controllers: [CmsController, ProController, PartnersController],
        providers: [SessionGuard, { provide: APP_GUARD, useClass: SessionOrKeyGuard }],
      },
      (app) => app.enableCors({ origin: 'https://app.acme.example', exposedHeaders: UNKEY_HEADERS }),
    );
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  const alice = { externalId: 'alice', meta: { plan: 'pro', teamId: 'team_1' } };

  it('requires cms.read AND cms.write in one query, and a 403 contains it', async () => {
    const { get } = await start();
    const { key } = await server.unkey.createKey({ ...alice, permissions: ['cms.read', 'cms.write'] });
    const reader = await server.unkey.createKey({ ...alice, permissions: ['cms.read'] });
    expect(await get('/cms', bearer(key))).toMatchObject({
      status: 200,
      body: { id: 'alice', teamId: 'team_1', plan: 'pro' },
    });
    const refused = await get('/cms', bearer(reader.key));
    expect(refused).toMatchObject({
      status: 403,
      body: { code: 'INSUFFICIENT_PERMISSIONS', required: 'cms.read AND cms.write' },
    });
    expect(refused.headers.get('www-authenticate')).toBe(
      'Bearer realm="api", error="insufficient_scope", scope="cms.read cms.write"',
    );
    expect(server.unkey.calls.map(({ body }) => body)).toMatchObject([
      { permissions: 'cms.read AND cms.write', tags: ['service=api'] },
      { permissions: 'cms.read AND cms.write', tags: ['service=api'] },
    ]);
  });

  it("takes only keys of the plan pro where it says so, and answers others 402 with the check's code", async () => {
    const { get } = await start();
    const { key } = await server.unkey.createKey(alice);
    const free = await server.unkey.createKey({ externalId: 'bob', meta: { plan: 'free' } });
    expect((await get('/pro', bearer(key))).status).toBe(200);
    expect(await get('/pro', bearer(free.key))).toMatchObject({
      status: 402,
      body: {
        statusCode: 402,
        code: 'PLAN_REQUIRED',
        error: 'Payment Required',
        message: 'This needs the plan "pro".',
      },
    });
  });

  it('rejects keys without an identity everywhere, with a custom code', async () => {
    const { get } = await start();
    const { key } = await server.unkey.createKey({ permissions: ['cms.read', 'cms.write'] });
    for (const [path, headers] of [
      ['/cms', bearer(key)],
      ['/pro', bearer(key)],
      ['/partners', { 'x-partner-key': key }],
    ] as const) {
      expect(await get(path, headers), path).toMatchObject({
        status: 403,
        body: { code: 'IDENTITY_REQUIRED' },
      });
    }
  });

  it("leaves a browser's session on the same header to its own guard", async () => {
    const { get } = await start();
    expect(await get('/cms', bearer(SESSION))).toMatchObject({ status: 200, body: { id: 'browser' } });
    const forged = SESSION.replace('c2ln', 'Zm9y');
    expect(await get('/cms', bearer(forged))).toMatchObject({
      status: 401,
      body: { code: 'MISSING_KEY' },
    });
    expect(server.unkey.calls).toHaveLength(0);
  });

  it("takes a partner's key from a header of its own, there alone", async () => {
    const { get } = await start();
    const { key } = await server.unkey.createKey({ ...alice, permissions: ['cms.read', 'cms.write'] });
    expect((await get('/partners', { 'x-partner-key': key })).status).toBe(200);
    const elsewhere = await get('/partners', bearer(key));
    expect(elsewhere).toMatchObject({ status: 401, body: { code: 'MISSING_KEY' } });
    expect(elsewhere.headers.get('www-authenticate')).toBe('ApiKey realm="api"');
    expect((await get('/cms', { 'x-partner-key': key })).status).toBe(401);
  });

  it('leaves the health controller of another package public by its own metadata', async () => {
    const { get } = await start();
    expect(await get('/health')).toMatchObject({ status: 200, body: { ok: true } });
  });

  it("exposes our headers to a browser's code", async () => {
    const { url } = await start();
    const { headers } = await request(`${url}/cms`, { headers: { origin: 'https://app.acme.example' } });
    expect(headers.get('access-control-expose-headers')?.split(/, ?/)).toEqual([
      'WWW-Authenticate',
      'Retry-After',
      'X-RateLimit-Limit',
      'X-RateLimit-Remaining',
      'X-RateLimit-Reset',
      'RateLimit',
      'RateLimit-Policy',
    ]);
  });

  it('knows no key of another keyspace', async () => {
    const { url, calls } = await keyspaceServer({ ours_1: 'ks_ours', theirs_1: 'ks_theirs' });
    const { get } = await start({ baseUrl: url, keyspaces: ['ks_ours'] });
    expect((await get('/pro', bearer('ours_1'))).status).toBe(200);
    expect(await get('/pro', bearer('theirs_1'))).toMatchObject({ status: 401, body: { code: 'NOT_FOUND' } });
    expect(calls).toMatchObject([
      { keyspaces: ['ks_ours'], tags: ['service=api'] },
      { keyspaces: ['ks_ours'], tags: ['service=api'] },
    ]);
  });
});
