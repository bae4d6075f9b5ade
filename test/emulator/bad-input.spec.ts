import { describe, expect, test } from 'vitest';
import { useFreshEmulator } from './support/emulator.js';
import { RawConnection } from './support/raw-connection.js';

const emulator = useFreshEmulator();
const MAX_BODY = 10 * 1024 * 1024;
const stillAnswers = async () =>
  expect((await emulator.client.call('keys.verifyKey', { key: 'x' })).status).toBe(200);

const head = (...more: string[]): string =>
  [
    'POST /v2/keys.verifyKey HTTP/1.1',
    'Host: x',
    `Authorization: Bearer ${emulator.unkey.rootKey}`,
    'Content-Type: application/json',
    ...more,
    '\r\n',
  ].join('\r\n');

describe('a body', () => {
  test('of 10 MiB is accepted; one byte more counts as no body and closes the connection', async () => {
    const body = (bytes: number): string => `{"key":"${'x'.repeat(bytes - 10)}"}`;
    const fits = await emulator.client.send('keys.verifyKey', body(MAX_BODY));
    expect(fits.body.error?.errors).toMatchObject([{ location: '/properties/key/maxLength' }]);
    const over = await emulator.client.send('keys.verifyKey', body(MAX_BODY + 1));
    expect(over.status).toBe(400);
    expect(over.headers.get('connection')).toBe('close');
    expect(over.body.error?.errors).toMatchObject([{ location: 'requestBody' }]);
  });

  test('in endless chunks is cut off', async () => {
    const raw = new RawConnection(emulator.unkey);
    raw.write(head('Transfer-Encoding: chunked'));
    const chunk = Buffer.concat([
      Buffer.from('100000\r\n'),
      Buffer.alloc(0x100000, 120),
      Buffer.from('\r\n'),
    ]);
    for (let i = 0; i < 100; i++) raw.write(chunk);
    expect(await raw.untilClosed()).toMatch(/^HTTP\/1\.1 400 [^]*"location":"requestBody"/);
    await stillAnswers();
  });

  test('with invalid UTF-8 is read with U+FFFD in its place', async () => {
    const response = await fetch(`${emulator.unkey.url}/v2/keys.verifyKey`, {
      method: 'POST',
      headers: { authorization: `Bearer ${emulator.unkey.rootKey}`, 'content-type': 'application/json' },
      body: Buffer.concat([Buffer.from('{"key":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
    });
    expect(response.status).toBe(200);
  });

  test.for<[depth: number, status: number]>([
    [9_999, 200],
    [10_001, 400],
    [1_000_000, 400],
  ])('with %i levels of nesting → %i', async ([depth, status]) => {
    const { keyId } = await emulator.unkey.createKey();
    const nested = `${'['.repeat(depth - 2)}${']'.repeat(depth - 2)}`;
    const reply = await emulator.client.send('keys.updateKey', `{"keyId":"${keyId}","meta":{"a":${nested}}}`);
    expect(reply.status).toBe(status);
    await stillAnswers();
  });

  test('that repeats a member 100,000 times is parsed in linear time', async () => {
    const meta = Array.from({ length: 100_000 }, (_, i) => `"meta":{"m${i % 90}":${i},"__proto__":${i}}`);
    const apiId = (await emulator.client.data('apis.createApi', { name: 'repeated' })).apiId;
    const reply = await emulator.client.send('keys.createKey', `{"apiId":"${apiId}",${meta.join(',')}}`);
    expect(reply.status).toBe(200);
    const shown = await emulator.client.data('keys.getKey', { keyId: reply.body.data.keyId });
    expect(Object.keys(shown.meta)).toHaveLength(91);
    expect(shown.meta.m9).toBe(99_999);
  });

  test.for(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'with a member named %s is rejected like any unknown member',
    async (name) => {
      const reply = await emulator.client.send('keys.verifyKey', `{"key":"x","${name}":{"valid":true}}`);
      expect(reply.body.error?.errors).toMatchObject([{ location: '/additionalProperties' }]);
    },
  );
});

describe('a connection', () => {
  test.for<[name: string, sent: string, answer: RegExp]>([
    ['that does not send HTTP', 'hello\r\n\r\n', /^HTTP\/1\.1 400 Bad Request\r\n/],
    [
      'without a Host header',
      'GET /v2/liveness HTTP/1.1\r\n\r\n',
      /^HTTP\/1\.1 400 Bad Request\r\nContent-Type: text\/plain/,
    ],
    [
      'with headers that are too large',
      `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(2 * 1024 * 1024)}\r\n\r\n`,
      /^HTTP\/1\.1 431 /,
    ],
    ['with HTTP/1.0', 'GET /v2/liveness HTTP/1.0\r\n\r\n', /^HTTP\/1\.1 200 OK\r\n[^]*Connection: close/],
  ])('%s', async ([, sent, answer]) => {
    const raw = new RawConnection(emulator.unkey);
    raw.write(sent);
    expect(await raw.untilClosed()).toMatch(answer);
    await stillAnswers();
  });

  test('that closes in the middle of a body leaves no trace', async () => {
    for (let i = 0; i < 50; i++) {
      const raw = new RawConnection(emulator.unkey);
      raw.write(`${head('Content-Length: 1000')}{"key":`);
      if (i % 2 === 0) raw.reset();
      else raw.destroy();
    }
    await stillAnswers();
    expect(emulator.unkey.calls.map(({ operation, body }) => [operation, body])).toEqual([
      ['keys.verifyKey', { key: 'x' }],
    ]);
  });

  test('may send a request byte by byte, and pipeline requests', async () => {
    const raw = new RawConnection(emulator.unkey);
    for (const byte of `${head('Content-Length: 11')}{"key":"x"}`) raw.write(byte);
    await raw.until('"NOT_FOUND"');
    raw.write(`${head('Content-Length: 11')}{"key":"y"}`.repeat(2));
    raw.write(`${head('Content-Length: 11', 'Connection: close')}{"key":"z"}`);
    expect((await raw.untilClosed()).match(/"NOT_FOUND"/g)).toHaveLength(4);
  });

  test('may send Expect: 100-continue', async () => {
    const raw = new RawConnection(emulator.unkey);
    raw.write(head('Content-Length: 11', 'Expect: 100-continue', 'Connection: close'));
    await raw.until('100 Continue');
    raw.write('{"key":"x"}');
    expect(await raw.untilClosed()).toMatch(/HTTP\/1\.1 200 OK/);
  });
});

test('1,000 concurrent connections are answered', async () => {
  const connections = Array.from({ length: 1000 }, () => new RawConnection(emulator.unkey));
  for (const connection of connections) {
    connection.write(`${head('Content-Length: 11', 'Connection: close')}{"key":"x"}`);
  }
  const answers = await Promise.all(connections.map((connection) => connection.untilClosed()));
  expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 200 OK'))).toHaveLength(1000);
});
