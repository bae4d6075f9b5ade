import { Controller, Get } from '@nestjs/common';
import {
  KeyFrom,
  UnkeyKey,
  UnkeyModule,
  fromBearer,
  fromCookie,
  fromHeader,
  fromQuery,
  type UnkeyModuleOptions,
} from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, startApp } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl';

@Controller()
class AppController {
  @Get('plain')
  plain(@UnkeyKey('keyId') keyId: string) {
    return { keyId };
  }
}

@KeyFrom(fromHeader('x-partner-key'))
@Controller('partners')
class PartnersController {
  @Get()
  read(@UnkeyKey('keyId') keyId: string) {
    return { keyId };
  }

  @KeyFrom(fromQuery('key'), fromCookie('key'))
  @Get('feed')
  feed(@UnkeyKey('keyId') keyId: string) {
    return { keyId };
  }

  @KeyFrom(fromHeader('authorization', { scheme: 'Api-Key' }))
  @Get('scheme')
  scheme(@UnkeyKey('keyId') keyId: string) {
    return { keyId };
  }
}

describe.each(ADAPTERS)('where the keys of a handler come from, on %s', (adapter) => {
  const server = useUnkey();
  const start = (options: UnkeyModuleOptions = {}) =>
    startApp(adapter, {
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, ...options })],
      controllers: [AppController, PartnersController],
    });

  describe('@KeyFrom()', () => {
    it('of a class replaces the option, and the one of a handler replaces it again', async () => {
      const { get } = await start();
      const { key, keyId } = await server.unkey.createKey({});
      const found = { status: 200, body: { keyId } };
      const missing = { status: 401, body: { code: 'MISSING_KEY' } };
      expect(await get('/partners', { 'x-partner-key': key })).toMatchObject(found);
      expect(await get('/partners', { 'x-api-key': key })).toMatchObject(missing);
      expect(await get('/plain', { 'x-partner-key': key })).toMatchObject(missing);
      expect(await get(`/partners/feed?key=${key}`)).toMatchObject(found);
      expect(await get('/partners/feed', { cookie: `key=${key}` })).toMatchObject(found);
      expect(await get('/partners/feed', { 'x-partner-key': key })).toMatchObject(missing);
    });

    it("decides what a 401 names in its challenge: the handler's scheme", async () => {
      const { get } = await start();
      const schemeOf = async (path: string, headers?: Record<string, string>) =>
        (await get(path, headers)).headers.get('www-authenticate');
      expect(await schemeOf('/plain')).toBe('Bearer realm="api"');
      expect(await schemeOf('/partners')).toBe('ApiKey realm="api"');
      expect(await schemeOf('/partners/scheme')).toBe('Api-Key realm="api"');
      expect(await schemeOf('/partners/scheme', { authorization: 'Api-Key unknown' })).toBe(
        'Api-Key realm="api", error="invalid_token"',
      );
    });
  });

  describe('fromHeader(name, { scheme })', () => {
    it.each(['Api-Key', 'api-key', 'API-KEY', 'Api-Key  '])('reads what follows "%s"', async (scheme) => {
      const { get } = await start();
      const { key, keyId } = await server.unkey.createKey({});
      expect(await get('/partners/scheme', { authorization: `${scheme} ${key}` })).toMatchObject({
        status: 200,
        body: { keyId },
      });
    });

    it.each(['Bearer x', 'Api-Keys x', 'Api-Key', 'Api-Key   ', 'Api_Key x', 'bare'])(
      'finds no key in "%s"',
      async (authorization) => {
        const { get } = await start();
        expect(await get('/partners/scheme', { authorization })).toMatchObject({
          status: 401,
          body: { code: 'MISSING_KEY' },
        });
        expect(server.unkey.calls).toHaveLength(0);
      },
    );

    it('of the option names its scheme in the challenge, after Bearer if a source reads that too', async () => {
      const apiKey = fromHeader('authorization', { scheme: 'Api-Key' });
      const only = await start({ keyFrom: [fromHeader('x-api-key'), apiKey] });
      expect((await only.get('/plain')).headers.get('www-authenticate')).toBe('Api-Key realm="api"');
      const both = await start({ keyFrom: [apiKey, fromBearer()] });
      expect((await both.get('/plain')).headers.get('www-authenticate')).toBe('Bearer realm="api"');
    });
  });

  describe.each([
    ['fromBearer()', fromBearer()],
    ["fromHeader('Authorization', { scheme: 'bearer' })", fromHeader('Authorization', { scheme: 'bearer' })],
  ])('a JWT under %s', (_, keyFrom) => {
    it.each([
      ['signed', JWT],
      ['without a signature', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.'],
      ['encrypted', 'eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVy.dGFn'],
      ['longer than a key may be', `${JWT}${'a'.repeat(2000)}`],
    ])('%s is no key', async (__, token) => {
      const { get } = await start({ keyFrom });
      expect(await get('/plain', { authorization: `Bearer ${token}` })).toMatchObject({
        status: 401,
        body: { code: 'MISSING_KEY' },
      });
      expect(server.unkey.calls).toHaveLength(0);
    });

    it('beside another Authorization header is malformed', async () => {
      const { url } = await start({ keyFrom });
      const { statusCode, body } = await twoHeaders(url, [`Bearer ${JWT}`, `Bearer ${JWT}x`]);
      expect({ statusCode, body }).toMatchObject({ statusCode: 401, body: { code: 'MALFORMED_KEY' } });
    });

    it('does not hide a key in another header', async () => {
      const { get } = await start({ keyFrom: [keyFrom, fromHeader('x-api-key')] });
      const { key, keyId } = await server.unkey.createKey({});
      const answer = await get('/plain', { authorization: `Bearer ${JWT}`, 'x-api-key': key });
      expect(answer).toMatchObject({ status: 200, body: { keyId } });
    });
  });

  it('a JWT under fromBearer({ jwt: true }) is a key like others', async () => {
    const { get } = await start({ keyFrom: fromBearer({ jwt: true }) });
    expect(await get('/plain', { authorization: `Bearer ${JWT}` })).toMatchObject({
      status: 401,
      body: { code: 'NOT_FOUND' },
    });
    expect(server.unkey.calls.map(({ body }) => body)).toEqual([{ key: JWT }]);
  });

  it('a token that is no JWT though it begins like one is a key', async () => {
    const { get } = await start();
    for (const token of ['eyJhbGci.b', 'eyJhbGci.b.c.d', 'abc.def.ghi']) {
      const answer = await get('/plain', { authorization: `Bearer ${token}` });
      expect(answer.body, token).toMatchObject({ code: 'NOT_FOUND' });
    }
  });
});

/** Sends two headers of one name, which `fetch` would join. */
async function twoHeaders(url: string, values: string[]) {
  const { request: send } = await import('undici');
  const headers = values.flatMap((value) => ['authorization', value]);
  const { statusCode, body } = await send(`${url}/plain`, { headers });
  return { statusCode, body: await body.json() };
}
