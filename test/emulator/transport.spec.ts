import { describe, expect, test } from 'vitest';
import { clientOf, errorType } from './support/client.js';
import { NOON, useFreshEmulator } from './support/emulator.js';
import { RawConnection } from './support/raw-connection.js';

const emulator = useFreshEmulator();

describe('an unknown path is answered in plain text', () => {
  test.for<[method: string, path: string, status: number, allow: string | null]>([
    ['POST', '/v2/keys.nothing', 404, null],
    ['POST', '/v2/keys.verifyKey/', 404, null],
    ['POST', '/v2/keys.verifykey', 404, null],
    ['POST', '/v1/keys.verifyKey', 404, null],
    ['GET', '/', 404, null],
    ['POST', '/v2/deploy.createDeployment', 404, null],
    ['GET', '/v2/keys.verifyKey', 405, 'POST'],
    ['HEAD', '/v2/keys.verifyKey', 405, 'POST'],
    ['OPTIONS', '/v2/keys.verifyKey', 405, 'POST'],
    ['POST', '/v2/liveness', 405, 'GET, HEAD'],
  ])('%s %s → %i', async ([method, path, status, allow]) => {
    const response = await fetch(emulator.unkey.url + path, { method });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('allow')).toBe(allow);
    const text = status === 404 ? '404 page not found\n' : 'Method Not Allowed\n';
    expect(await response.text()).toBe(method === 'HEAD' ? '' : text);
  });

  test.for([
    ['//v2/keys.verifyKey', '/v2/keys.verifyKey'],
    ['/v2/../v2/./keys.verifyKey?a=1', '/v2/keys.verifyKey?a=1'],
    ['/v2/x/..', '/v2'],
    ['/v2/keys.verifyKey/.', '/v2/keys.verifyKey'],
    ['/v2/keys.verifyKey/./', '/v2/keys.verifyKey/'],
    ['/..', '/'],
    ['/v2//a%20b', '/v2/a%2520b'],
  ])('%s redirects to %s', async ([path = '', clean]) => {
    const raw = new RawConnection(emulator.unkey);
    raw.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    const answer = await raw.untilClosed();
    expect(answer).toMatch(/^HTTP\/1\.1 307 /);
    expect(answer).toContain(`\r\nLocation: ${clean}\r\n`);
  });

  test('a known path with percent-encoded characters is rejected with 400', async () => {
    const reply = await emulator.client.call('keys%2EverifyKey', { key: 'x' });
    expect(reply.status).toBe(400);
    expect(reply.body.error?.errors).toEqual([{ location: 'path', message: expect.any(String) }]);
    const get = await fetch(`${emulator.unkey.url}/v2/keys%2EverifyKey`);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test.for<[path: string, status: number]>([
    ['/v2/keys.verifyKey#fragment', 404],
    ['/v2%2Fkeys.verifyKey', 404],
    ['/v2/keys.verifyKey%2F', 404],
    ['/v2/%2E/keys.verifyKey', 404],
    ['/v2/%zz', 400],
    ['/v2/keys.verifyKey?a#fragment', 400],
  ])('%s → %i', async ([path, status]) => {
    const raw = new RawConnection(emulator.unkey);
    raw.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    expect(await raw.untilClosed()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  test.for<[contentType: string, status: number]>([
    ['application/json; charset=utf-8', 200],
    ['application/json; charset=utf-8; charset=utf-8', 200],
    ['application/json; charset=utf-8; Charset=latin1', 400],
    ['application/json; a=1; b=1; a=2', 400],
    ['application/json; charset', 200],
    ['application/json;', 200],
  ])('Content-Type: %s → %i', async ([contentType, status]) => {
    const headers = { 'content-type': contentType };
    expect((await emulator.client.call('keys.verifyKey', { key: 'x' }, headers)).status).toBe(status);
  });
});

test('the query string is ignored', async () => {
  expect((await emulator.client.call('keys.verifyKey?key=1', { key: 'x' })).status).toBe(200);
});

test('liveness and health need no root key', async () => {
  const liveness = await fetch(`${emulator.unkey.url}/v2/liveness`);
  expect(await liveness.json()).toMatchObject({
    data: { message: "we're cooking" },
    meta: { requestId: expect.stringMatching(/^req_[a-zA-Z0-9]{9}$/) },
  });
  expect((await fetch(`${emulator.unkey.url}/v2/liveness`, { method: 'HEAD' })).status).toBe(200);
  const health = await fetch(`${emulator.unkey.url}/health/ready`);
  expect(await health.json()).toEqual({ status: 'ok' });
});

describe('the content type of an error follows Accept, that of a schema error does not', () => {
  test.for<[accept: string, type: string]>([
    ['application/json', 'application/json'],
    ['*/*', 'application/problem+json'],
    ['application/*;q=0.5', 'application/problem+json'],
    ['text/html, application/problem+json', 'application/problem+json'],
    ['APPLICATION/PROBLEM+JSON', 'application/json'],
    ['text/html', 'application/json'],
  ])('Accept: %s → %s', async ([accept, type]) => {
    const { client } = emulator;
    const refused = await client.call('keys.getKey', { keyId: 'key_unknown' }, { accept });
    expect(refused).toMatchObject({ status: 404, type });
    const invalid = await client.call('keys.getKey', {}, { accept });
    expect(invalid).toMatchObject({ status: 400, type: 'application/json' });
    const valid = await client.call('keys.verifyKey', { key: 'x' }, { accept });
    expect(valid).toMatchObject({ status: 200, type: 'application/json' });
  });
});

describe('the Authorization header', () => {
  test.for<[header: string, status: number, type: string]>([
    ['', 400, 'unkey/application/invalid_input'],
    ['Basic abc', 400, 'unkey/authentication/malformed'],
    ['bearer abc', 400, 'unkey/authentication/malformed'],
    ['Bearer', 400, 'unkey/authentication/malformed'],
    ['Bearer    ', 400, 'unkey/authentication/malformed'],
    ['Bearer unknown', 401, 'unkey/authentication/key_not_found'],
    ['Bearer a.b.c', 401, 'unkey/authentication/key_not_found'],
  ])('%j → %i %s', async ([authorization, status, type]) => {
    const reply = await emulator.client.call('keys.verifyKey', { key: 'x' }, { authorization });
    expect([reply.status, errorType(reply)]).toEqual([status, type]);
  });

  test('allows white space around the root key', async () => {
    const authorization = `Bearer   ${emulator.unkey.rootKey}  `;
    expect((await emulator.client.call('keys.verifyKey', { key: 'x' }, { authorization })).status).toBe(200);
  });

  test('only the first of two counts', async () => {
    const raw = new RawConnection(emulator.unkey);
    const head = `Host: x\r\nAuthorization: Bearer ${emulator.unkey.rootKey}\r\nAuthorization: Bearer other\r\n`;
    raw.write(
      `POST /v2/keys.verifyKey HTTP/1.1\r\n${head}Connection: close\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"key":"x"}`,
    );
    expect(await raw.untilClosed()).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('is checked first, then the content type, then the body, and then the root key', async () => {
    const { send } = emulator.client;
    const locations = async (headers: Record<string, string>, text: string) =>
      (await send('keys.verifyKey', text, headers)).body.error?.errors?.map(({ location }) => location);
    expect(await locations({ authorization: '', 'content-type': 'text/plain' }, '{')).toEqual(['security']);
    expect(await locations({ 'content-type': 'text/plain' }, '{')).toEqual(['requestBody']);
    expect(await locations({ authorization: 'Bearer unknown' }, '{}')).toEqual(['/required']);
  });

  test('a disabled root key and an expired one are rejected', async () => {
    const disabled = emulator.unkey.createRootKey({ enabled: false });
    const expired = emulator.unkey.createRootKey({ expires: 1 });
    const verify = (rootKey: string) =>
      clientOf(emulator.unkey, rootKey).call('keys.verifyKey', { key: 'x' });
    expect(errorType(await verify(disabled))).toBe('unkey/authorization/key_disabled');
    expect(errorType(await verify(expired))).toBe('unkey/authorization/forbidden');
  });

  test('an ordinary key is not a root key', async () => {
    const { key } = await emulator.unkey.createKey();
    const reply = await clientOf(emulator.unkey, key).call('keys.verifyKey', { key });
    expect([reply.status, errorType(reply)]).toEqual([401, 'unkey/authentication/key_not_found']);
  });
});

describe('the Content-Type must be application/json', () => {
  test.for<[type: string, status: number]>([
    ['application/json', 200],
    ['APPLICATION/JSON; charset=latin1', 200],
    ['application/problem+json', 400],
    ['application/json, text/plain', 400],
    ['text/plain', 400],
  ])('%s → %i', async ([type, status]) => {
    expect(
      (await emulator.client.call('keys.verifyKey', { key: 'x' }, { 'content-type': type })).status,
    ).toBe(status);
  });
});

describe('JSON that is decoded differently from JSON.parse', () => {
  const key = async () => (await emulator.unkey.createKey({ credits: { remaining: 9 } })).key;
  const undecodable = { status: 400, type: 'application/problem+json' };
  const malformed = { status: 400, type: 'application/json' };

  test.for<[text: string, reply: object]>([
    ['', malformed],
    ['{', malformed],
    ['{"key":"KEY"} x', malformed],
    ['\ufeff{"key":"KEY"}', malformed],
    ['{"key":"KEY","credits":{"cost":1e400}}', malformed],
    ['{"key":"KEY","credits":{"cost":1.0}}', undecodable],
    ['{"key":"KEY","credits":{"cost":1e0}}', undecodable],
    ['{"key":"KEY","ratelimits":[{"name":"abc","limit":9223372036854775808,"duration":1000}]}', undecodable],
    ['{"key":"KEY","ratelimits":[{"name":"abc","limit":1e30,"duration":1000}]}', undecodable],
    ['{"key":5,"key":"KEY"}', undecodable],
    ['{"key":"KEY","credits":[],"credits":{"cost":1}}', undecodable],
    ['{"key":"x","\\u006bey":"KEY"}', { status: 200, body: { data: { code: 'VALID' } } }],
    [
      '{"key":"KEY","credits":{"cost":10},"credits":{"cost":2}}',
      { status: 200, body: { data: { credits: 7 } } },
    ],
    ['{"key":"KEY","key":5}', malformed],
  ])('%s', async ([text, reply]) => {
    const sent = text.replaceAll('KEY', await key());
    expect(await emulator.client.send('keys.verifyKey', sent, { accept: '*/*' })).toMatchObject(reply);
  });

  test('createKey: repeated credits are merged', async () => {
    const { data, send } = emulator.client;
    const { apiId } = await data('apis.createApi', { name: 'twice' });
    const credits =
      '"credits":{"remaining":5,"refill":{"interval":"daily","amount":3}},"credits":{"remaining":7}';
    const { keyId } = (await send('keys.createKey', `{"apiId":"${apiId}",${credits}}`)).body.data;
    expect((await data('keys.getKey', { keyId })).credits).toEqual({
      remaining: 7,
      refill: { interval: 'daily', amount: 3 },
    });
  });

  test('updateKey: repeated credits and meta are replaced', async () => {
    const { data, send } = emulator.client;
    const { keyId } = await emulator.unkey.createKey();
    const twice =
      '"credits":{"remaining":5,"refill":{"interval":"daily","amount":3}},"credits":{"remaining":7},"meta":{"a":1},"meta":{"b":2}';
    expect((await send('keys.updateKey', `{"keyId":"${keyId}",${twice}}`)).status).toBe(200);
    const { credits, meta } = await data('keys.getKey', { keyId });
    expect({ credits, meta }).toEqual({ credits: { remaining: 7 }, meta: { b: 2 } });
  });

  test('a repeated list: items keep members of the earlier item at the same index', async () => {
    const key = await emulator.unkey.createKey();
    const limits =
      '"ratelimits":[{"name":"first","limit":9,"duration":3600000}],"ratelimits":[{"name":"second","cost":2}]';
    const reply = await emulator.client.send('keys.verifyKey', `{"key":"${key.key}",${limits}}`);
    expect(reply.body.data.ratelimits).toMatchObject([{ name: 'second', limit: 9, remaining: 7 }]);
  });

  describe('members in another letter case, where unknown members are allowed', () => {
    test('createIdentity', async () => {
      const { call, data } = emulator.client;
      const limit = { name: 'calls', limit: 1, duration: 60_000, autoApply: false, LIMIT: 7 };
      const created = await call('identities.createIdentity', {
        externalId: 'a',
        Meta: { tier: 2 },
        RATELIMITS: [limit],
      });
      expect(created.status).toBe(200);
      expect(await data('identities.getIdentity', { identity: 'a' })).toMatchObject({
        meta: { tier: 2 },
        ratelimits: [{ name: 'calls', limit: 7 }],
      });
    });

    test('rerollKey, entries of ratelimits', async () => {
      const { data } = emulator.client;
      const { keyId, key } = await emulator.unkey.createKey();
      await data('keys.rerollKey', { keyId, expiration: 0, Expiration: 120_000 });
      expect((await data('keys.getKey', { keyId })).expires).toBe(NOON + 120_000);
      const ratelimits = [{ name: 'calls', Limit: 4, DURATION: 60_000 }];
      expect(await data('keys.verifyKey', { key, ratelimits })).toMatchObject({
        ratelimits: [{ remaining: 3 }],
      });
    });

    test('with a wrong type: 400 without entries', async () => {
      const reply = await emulator.client.call('identities.createIdentity', {
        externalId: 'a',
        META: 'text',
      });
      expect(reply.status).toBe(400);
      expect(reply.body.error?.errors).toEqual([]);
    });

    test('where unknown members are rejected, they are rejected', async () => {
      const reply = await emulator.client.call('keys.verifyKey', { key: 'x', Credits: { cost: 1 } });
      expect(reply.body.error?.errors).toMatchObject([{ location: '/additionalProperties' }]);
    });
  });

  test.for(['"a\\ud800b"', '"a\\udc00b"'])('a lone surrogate becomes U+FFFD: %s', async (literal) => {
    const { data, send } = emulator.client;
    const { keyId } = await emulator.unkey.createKey();
    await send('keys.updateKey', `{"keyId":"${keyId}","name":${literal}}`);
    expect((await data('keys.getKey', { keyId })).name).toBe('a\ufffdb');
  });

  test('a surrogate pair is kept, and so is an escaped backslash before `ud800`', async () => {
    const { data, send } = emulator.client;
    const { keyId } = await emulator.unkey.createKey();
    await send('keys.updateKey', `{"keyId":"${keyId}","name":"\\ud83d\\ude00 \\\\ud800"}`);
    expect((await data('keys.getKey', { keyId })).name).toBe('😀 \\ud800');
  });
});

describe('metadata', () => {
  const stored = async (json: string): Promise<string> => {
    const { unkey, client } = emulator;
    const { key, keyId } = await unkey.createKey();
    const { status } = await client.send('keys.updateKey', `{"keyId":"${keyId}","meta":${json}}`);
    if (status !== 200) return String(status);
    const response = await fetch(`${unkey.url}/v2/keys.verifyKey`, {
      method: 'POST',
      headers: { authorization: `Bearer ${unkey.rootKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ key }),
    });
    return /"meta":(.*),"valid":true/.exec(await response.text())?.[1] ?? 'none';
  };

  test.for<[sent: string, answered: string]>([
    ['{}', 'none'],
    ['null', 'none'],
    ['{"b":1,"a":{"d":1,"c":[]}}', '{"a":{"c":[],"d":1},"b":1}'],
    ['{"a":1,"a":2}', '{"a":2}'],
    ['{"n":null,"":"empty"}', '{"":"empty","n":null}'],
    [
      '{"a":1.0,"b":1e3,"c":-0,"d":9007199254740993,"e":1e21}',
      '{"a":1,"b":1000,"c":-0,"d":9007199254740992,"e":1e+21}',
    ],
    ['{"a":"<&>\u2028"}', '{"a":"\\u003c\\u0026\\u003e\\u2028"}'],
    ['{"a":"\\u0000"}', '{"a":"\\u0000"}'],
    [`{"deep":${'['.repeat(5000)}${']'.repeat(5000)}}`, `{"deep":${'['.repeat(5000)}${']'.repeat(5000)}}`],
    [`{"a":"${'x'.repeat(65_535 - 8)}"}`, `{"a":"${'x'.repeat(65_535 - 8)}"}`],
    [`{"a":"${'x'.repeat(65_535 - 7)}"}`, '400'],
  ])('%s', async ([sent, answered]) => {
    expect(await stored(sent)).toBe(answered);
  });
});

describe('balances are 64-bit integers', () => {
  test('returned exactly', async () => {
    const { unkey, client } = emulator;
    const { key, keyId } = await unkey.createKey();
    const most = '9223372036854775807';
    await client.send('keys.updateCredits', `{"keyId":"${keyId}","operation":"set","value":${most}}`);
    const response = await fetch(`${unkey.url}/v2/keys.verifyKey`, {
      method: 'POST',
      headers: { authorization: `Bearer ${unkey.rootKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ key }),
    });
    expect(await response.text()).toContain('"credits":9223372036854775806,');
    const beyond = await client.call('keys.updateCredits', { keyId, operation: 'increment', value: 2 });
    expect([beyond.status, errorType(beyond)]).toEqual([500, 'unkey/application/service_unavailable']);
  });
});

describe('an API with an allow list verifies only for its addresses, compared as text', () => {
  test.for<[forwarded: string, peer: string]>([
    ['10.1.2.3', '10.1.2.3'],
    [' 10.1.2.3 , 9.9.9.9', '10.1.2.3'],
    [', 10.1.2.3', '10.1.2.3'],
    ['10.1.2.3:4711', '10.1.2.3'],
    ['[::1]:4711', '::1'],
    ['[::1]', '[::1]'],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.1'],
  ])('X-Forwarded-For: %s is %s', async ([forwarded, peer]) => {
    const { clientAddress } = await import('../../src/emulator/transport/client-address.js');
    const request = { rawHeaders: ['X-Forwarded-For', forwarded], socket: { remoteAddress: '127.0.0.1' } };
    expect(clientAddress(request as never)).toBe(peer);
  });
});
