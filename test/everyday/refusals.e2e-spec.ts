import { Controller, Get, UseGuards } from '@nestjs/common';
import {
  Credits,
  KeyDeniedException,
  KeyRatelimit,
  RequirePermissions,
  UnkeyGuard,
  UnkeyModule,
  anyOf,
  permissionQuery,
  type UnkeyModuleOptions,
} from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, startApp } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';

const thrown: KeyDeniedException[] = [];

class ObservingGuard extends UnkeyGuard {
  protected override deny(...[denial, context]: Parameters<UnkeyGuard['deny']>) {
    if (denial instanceof KeyDeniedException) thrown.push(denial);
    return super.deny(denial, context);
  }
}

@UseGuards(ObservingGuard)
@Controller()
class AppController {
  @RequirePermissions('documents.read', 'documents.list')
  @Get('all')
  all() {
    return {};
  }

  @RequirePermissions(anyOf('admin', 'documents.read'))
  @Get('any')
  any() {
    return {};
  }

  @RequirePermissions(permissionQuery('documents.read and (admin OR owner)'))
  @Get('query')
  query() {
    return {};
  }

  @RequirePermissions('documents.export')
  @Credits(5)
  @KeyRatelimit('exports', { limit: 10, duration: 60_000 })
  @Get('export')
  export() {
    return {};
  }

  @Get('plain')
  plain() {
    return {};
  }
}

describe.each(ADAPTERS)('the requirements in a rejection, on %s', (adapter) => {
  const server = useUnkey();
  const start = (options: UnkeyModuleOptions = {}) => {
    thrown.length = 0;
    return startApp(adapter, {
      imports: [UnkeyModule.forRoot({ ...server.options, ...options })],
      controllers: [AppController],
    });
  };
  const stranger = async () => ({ 'x-api-key': (await server.unkey.createKey({})).key });

  it('are in KeyDeniedException.demands, not enumerable', async () => {
    const { get } = await start({ permissions: 'api.use' });
    await get('/export', await stranger());
    await get('/plain', { 'x-api-key': 'unknown' });
    const [denied, unknown] = thrown;
    expect(denied?.demands).toEqual({
      permissions: 'api.use AND documents.export',
      credits: 5,
      ratelimits: [{ name: 'exports', limit: 10, duration: 60_000 }],
    });
    expect(unknown?.demands).toEqual({ permissions: 'api.use' });
    expect(JSON.stringify(Object.entries(denied ?? {}))).not.toContain('documents.export');
  });

  it('which is empty without requirements', async () => {
    const { get } = await start();
    await get('/plain', { 'x-api-key': 'unknown' });
    expect(thrown[0]?.demands).toEqual({});
  });

  it('are hidden from the caller by default', async () => {
    const { get } = await start();
    const { body, headers } = await get('/all', await stranger());
    expect(Object.keys(body as object)).toEqual(['statusCode', 'message', 'error', 'code']);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="api", error="insufficient_scope"');
  });

  describe('exposeRequiredPermissions', () => {
    it.each([
      ['/all', 'documents.read AND documents.list', ', scope="documents.read documents.list"'],
      ['/any', 'admin OR documents.read', ''],
      ['/query', 'documents.read and (admin OR owner)', ''],
      ['/export', 'documents.export', ', scope="documents.export"'],
    ])('%s: %s, and a scope where all of plain names are demanded', async (path, required, scope) => {
      const { get } = await start({ exposeRequiredPermissions: true });
      const { status, body, headers } = await get(path, await stranger());
      expect({ status, body }).toMatchObject({
        status: 403,
        body: { code: 'INSUFFICIENT_PERMISSIONS', required },
      });
      expect(headers.get('www-authenticate')).toBe(`Bearer realm="api", error="insufficient_scope"${scope}`);
    });

    it('is in problem details too', async () => {
      const { get } = await start({ exposeRequiredPermissions: true, problemDetails: true });
      const { body } = await get('/any', await stranger());
      expect(body).toMatchObject({ code: 'INSUFFICIENT_PERMISSIONS', required: 'admin OR documents.read' });
    });

    it.each<[string, UnkeyModuleOptions, string]>([
      ['another code', {}, 'NOT_FOUND'],
      [
        'a status other than 403',
        { statuses: { INSUFFICIENT_PERMISSIONS: 404 } },
        'INSUFFICIENT_PERMISSIONS',
      ],
      ['a 401', { statuses: { INSUFFICIENT_PERMISSIONS: 401 } }, 'INSUFFICIENT_PERMISSIONS'],
    ])('says nothing with %s', async (_, options, code) => {
      const { get } = await start({ exposeRequiredPermissions: true, ...options });
      const { body, headers } = await get(
        '/all',
        code === 'NOT_FOUND' ? { 'x-api-key': 'unknown' } : await stranger(),
      );
      expect(body).toMatchObject({ code });
      expect(body).not.toHaveProperty('required');
      expect(headers.get('www-authenticate') ?? '').not.toContain('scope=');
    });

    it('speaks if the option statuses says 403 itself', async () => {
      const { get } = await start({
        exposeRequiredPermissions: true,
        statuses: { INSUFFICIENT_PERMISSIONS: 403 },
      });
      expect((await get('/all', await stranger())).body).toHaveProperty('required');
    });
  });

  it('a permission query is sent as it was written', async () => {
    const { get } = await start();
    const { key } = await server.unkey.createKey({ permissions: ['documents.read', 'owner'] });
    expect((await get('/query', { 'x-api-key': key })).status).toBe(200);
    expect(server.unkey.calls.map(({ body }) => body)).toEqual([
      { key, permissions: 'documents.read and (admin OR owner)' },
    ]);
  });
});
