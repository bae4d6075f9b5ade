import { request as httpRequest } from 'node:http';
import { Controller, Get } from '@nestjs/common';
import {
  UnkeyKey,
  UnkeyModule,
  fromBearer,
  fromCookie,
  fromHeader,
  fromQuery,
  type KeySource,
  type UnkeyModuleOptions,
} from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, startApp, type Adapter } from './support/app.js';
import { useUnkey } from './support/unkey.js';

@Controller()
class AppController {
  @Get()
  read(@UnkeyKey('keyId') keyId: string) {
    return { keyId };
  }
}

/** Sends header lines exactly as they stand, which `fetch` does not. */
function send(
  url: string,
  lines: string[],
  path = '/',
): Promise<{ status: number; body: { code?: string; keyId?: string } }> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url + path, { headers: lines, agent: false }, (response) => {
      let text = '';
      response.setEncoding('latin1').on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
    });
    outgoing.on('error', reject).end();
  });
}

describe.each(ADAPTERS)('where a key is looked for, on %s', (adapter: Adapter) => {
  const server = useUnkey();
  const start = (options: Partial<UnkeyModuleOptions> = {}) =>
    startApp(adapter, {
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, ...options })],
      controllers: [AppController],
    });
  const host = ['host', 'localhost'];

  it('x-api-key first, then Authorization: Bearer, its scheme in any case', async () => {
    const { url } = await start();
    const first = await server.unkey.createKey({});
    const second = await server.unkey.createKey({});
    const both = [...host, 'authorization', `Bearer ${second.key}`, 'X-Api-Key', first.key];
    expect((await send(url, both)).body.keyId).toBe(first.keyId);
    for (const scheme of ['Bearer', 'bearer', 'BEARER', 'Bearer  ']) {
      const lines = [...host, 'authorization', `${scheme} ${second.key}`];
      expect((await send(url, lines)).body.keyId, scheme).toBe(second.keyId);
    }
  });

  it.each<[string, string[]]>([
    ['nothing', []],
    ['an empty x-api-key', ['x-api-key', '']],
    ['a blank x-api-key', ['x-api-key', '   ']],
    ['Basic credentials', ['authorization', 'Basic a2V5OnNlY3JldA==']],
    ['a scheme that only starts like Bearer', ['authorization', 'BearerToken abc']],
    ['Bearer without a token', ['authorization', 'Bearer']],
    ['Bearer with a blank token', ['authorization', 'Bearer  ']],
    ['a bare token', ['authorization', 'abcdef']],
  ])('%s is no key', async (_, lines) => {
    const { url } = await start();
    expect(await send(url, [...host, ...lines])).toMatchObject({
      status: 401,
      body: { code: 'MISSING_KEY' },
    });
    expect(server.unkey.calls).toHaveLength(0);
  });

  it.each<[string, string[]]>([
    ['x-api-key twice with different values', ['x-api-key', 'one', 'x-api-key', 'two']],
    [
      'Authorization twice with different values',
      ['authorization', 'Bearer one', 'authorization', 'Bearer two'],
    ],
    [
      'Authorization twice, of which one is another scheme',
      ['authorization', 'Basic b25l', 'Authorization', 'Bearer two'],
    ],
    ['a blank inside', ['x-api-key', 'one two']],
    ['a blank inside a token', ['authorization', 'Bearer one two']],
    ['a tab inside', ['x-api-key', 'one\ttwo']],
    ['a control character', ['x-api-key', 'one\x85two']],
    ['a no-break space', ['x-api-key', 'one\xa0two']],
    ['513 characters', ['x-api-key', 'k'.repeat(513)]],
  ])('%s is MALFORMED_KEY, without a call', async (_, lines) => {
    const { url } = await start();
    expect(await send(url, [...host, ...lines])).toMatchObject({
      status: 401,
      body: { code: 'MALFORMED_KEY' },
    });
    expect(server.unkey.calls).toHaveLength(0);
  });

  it('the same value twice counts once, and 512 characters can be a key', async () => {
    const { url } = await start();
    const { key, keyId } = await server.unkey.createKey({});
    expect((await send(url, [...host, 'x-api-key', key, 'X-API-Key', key])).body.keyId).toBe(keyId);
    expect((await send(url, [...host, 'x-api-key', 'k'.repeat(512)])).body.code).toBe('NOT_FOUND');
  });

  it.each<[string, KeySource | KeySource[], (key: string) => string[], (key: string) => string]>([
    ['fromHeader', fromHeader('X-Acme'), (key) => ['x-acme', key], () => '/'],
    ['fromBearer', fromBearer(), (key) => ['authorization', `Bearer ${key}`], () => '/'],
    ['fromCookie', fromCookie('session'), (key) => ['cookie', `theme=dark; session=${key}`], () => '/'],
    ['fromQuery', fromQuery('key'), () => [], (key) => `/?key=${key}`],
    [
      'a function of the context',
      (context) => context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-own'],
      (key) => ['x-own', key],
      () => '/',
    ],
    [
      'the first that finds one',
      [fromQuery('key'), fromHeader('x-acme')],
      (key) => ['x-acme', key],
      () => '/',
    ],
  ])('keyFrom: %s', async (_, keyFrom, lines, path) => {
    const { url } = await start({ keyFrom });
    const { key, keyId } = await server.unkey.createKey({});
    expect((await send(url, [...host, ...lines(key)], path(key))).body.keyId).toBe(keyId);
    expect((await send(url, [...host, 'x-api-key', key])).status, 'the default source is replaced').toBe(401);
  });

  it('a query parameter that is given twice, or is no text, is MALFORMED_KEY', async () => {
    const { url } = await start({ keyFrom: fromQuery('key') });
    expect((await send(url, host, '/?key=a&key=b')).body.code).toBe('MALFORMED_KEY');
    expect(server.unkey.calls).toHaveLength(0);
  });

  it('a cookie that is sent twice with different values is MALFORMED_KEY', async () => {
    const { url } = await start({ keyFrom: fromCookie('session') });
    expect((await send(url, [...host, 'cookie', 'session=a; session=b'])).body.code).toBe('MALFORMED_KEY');
    expect((await send(url, [...host, 'cookie', 'session=a; session=a'])).body.code).toBe('NOT_FOUND');
  });

  it('a source of plain JavaScript that gives null finds nothing', async () => {
    const { url } = await start({ keyFrom: [() => null as unknown as undefined, fromHeader('x-api-key')] });
    const { key, keyId } = await server.unkey.createKey({});
    expect((await send(url, [...host, 'x-api-key', key])).body.keyId).toBe(keyId);
  });

  it('keyPrefix: a key without one of the prefixes is NOT_FOUND without a call', async () => {
    const { url } = await start({ keyPrefix: ['live_', 'test_'] });
    const { key } = await server.unkey.createKey({ prefix: 'test' });
    expect((await send(url, [...host, 'x-api-key', 'other_1234'])).body.code).toBe('NOT_FOUND');
    expect(server.unkey.calls).toHaveLength(0);
    expect((await send(url, [...host, 'x-api-key', key])).status).toBe(200);
  });
});
