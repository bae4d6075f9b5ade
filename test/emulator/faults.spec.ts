import { describe, expect, test } from 'vitest';
import { UnkeyEmulator } from 'nestjs-unkey/emulator';
import { useFreshEmulator } from './support/emulator.js';
import { RawConnection } from './support/raw-connection.js';

const emulator = useFreshEmulator();

const request = (key: string): Promise<Response> =>
  fetch(`${emulator.unkey.url}/v2/keys.verifyKey`, {
    method: 'POST',
    headers: { authorization: `Bearer ${emulator.unkey.rootKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ key }),
  });

const limitedKey = async () => {
  const { key, keyId } = await emulator.unkey.createKey({ credits: { remaining: 10 } });
  const left = async (): Promise<number> =>
    (await emulator.client.data('keys.getKey', { keyId })).credits.remaining;
  return { key, left };
};

describe('a fault', () => {
  test('latency: executes the call and responds later', async () => {
    const { key, left } = await limitedKey();
    emulator.unkey.fail({ latency: 30 }, { times: 1 });
    const begin = performance.now();
    expect((await request(key)).status).toBe(200);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(29);
    expect(await left()).toBe(9);
  });

  test.for<[status: number, type: string | undefined]>([
    [400, 'unkey/application/invalid_input'],
    [401, 'unkey/authentication/key_not_found'],
    [403, 'unkey/authorization/insufficient_permissions'],
    [404, 'unkey/data/key_not_found'],
    [412, 'unkey/application/precondition_failed'],
    [429, 'user/too_many_requests/workspace_rate_limited'],
    [500, 'unkey/application/unexpected_error'],
    [502, 'unkey/application/service_unavailable'],
    [503, 'unkey/application/service_unavailable'],
    [200, undefined],
  ])('status %i: responds with it and executes nothing', async ([status, type]) => {
    const { key, left } = await limitedKey();
    emulator.unkey.fail({ status }, { times: 1 });
    const reply = await emulator.client.call('keys.verifyKey', { key });
    expect(reply.status).toBe(status);
    expect(reply.body.error?.type).toBe(type && `https://unkey.com/docs/errors/${type}`);
    expect(reply.body.error?.status).toBe(type && status);
    expect(await left()).toBe(10);
  });

  test('hang: never responds and executes nothing', async () => {
    const { key, left } = await limitedKey();
    emulator.unkey.fail({ hang: true }, { times: 1 });
    const controller = new AbortController();
    const hanging = fetch(`${emulator.unkey.url}/v2/keys.verifyKey`, {
      method: 'POST',
      signal: controller.signal,
    });
    // A later request is answered while the first one is still pending.
    while (emulator.unkey.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect((await request(key)).status).toBe(200);
    controller.abort();
    await expect(hanging).rejects.toThrow('abort');
    expect(await left()).toBe(9);
  });

  test.for<[when: 'before' | 'midway', left: number]>([
    ['before', 10],
    ['midway', 9],
  ])('reset %s: leaves %i of 10 credits', async ([reset, credits]) => {
    const { key, left } = await limitedKey();
    emulator.unkey.fail({ reset }, { times: 1 });
    await expect(request(key).then((response) => response.text())).rejects.toThrow(TypeError);
    expect(await left()).toBe(credits);
  });

  test('truncate: executes the call and sends half of the response', async () => {
    const { key, left } = await limitedKey();
    emulator.unkey.fail({ truncate: true }, { times: 1 });
    const response = await request(key);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow(TypeError);
    expect(await left()).toBe(9);
  });

  test('garbage: 200 with content type JSON and an invalid body', async () => {
    const { key, left } = await limitedKey();
    emulator.unkey.fail({ garbage: true }, { times: 1 });
    const response = await request(key);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
    await expect(response.json()).rejects.toThrow(SyntaxError);
    expect(await left()).toBe(10);
  });

  test('oversize: JSON of the given size', async () => {
    emulator.unkey.fail({ oversize: 1_000_000 }, { times: 1 });
    const text = await (await request('x')).text();
    expect(text).toHaveLength(1_000_000);
    expect(JSON.parse(text)).toHaveProperty('meta.requestId');
  });

  test.for([{ data: { valid: true } }, null, 'text', []])('body: 200 with %j', async (body) => {
    emulator.unkey.fail({ body }, { times: 1 });
    expect(await (await request('x')).json()).toEqual(body);
  });
});

describe('faults apply', () => {
  const statuses = async (count: number, operation = 'keys.verifyKey'): Promise<number[]> => {
    const seen: number[] = [];
    for (let i = 0; i < count; i++) seen.push((await emulator.client.call(operation, { key: 'x' })).status);
    return seen;
  };

  test('in the order in which they were added, each `times` times', async () => {
    emulator.unkey.fail({ status: 500 }, { times: 2 });
    emulator.unkey.fail({ status: 503 }, { times: 1 });
    expect(await statuses(4)).toEqual([500, 500, 503, 200]);
  });

  test('until they are cleared, without `times`', async () => {
    const fault = emulator.unkey.fail({ status: 500 });
    expect(await statuses(3)).toEqual([500, 500, 500]);
    fault.clear();
    fault.clear();
    expect(await statuses(1)).toEqual([200]);
  });

  test('only to `operation`, if it is given', async () => {
    emulator.unkey.fail({ status: 500 }, { operation: 'keys.whoami' });
    expect(await statuses(1)).toEqual([200]);
    expect(await statuses(1, 'keys.whoami')).toEqual([500]);
  });

  test('also to requests that would be rejected', async () => {
    emulator.unkey.fail({ status: 503 }, { times: 1 });
    const reply = await emulator.client.call('keys.verifyKey', {}, { authorization: 'Bearer unknown' });
    expect(reply.status).toBe(503);
  });

  test('not to createKey and createRootKey', async () => {
    emulator.unkey.fail({ status: 500 });
    await expect(emulator.unkey.createKey()).resolves.toHaveProperty('keyId');
  });

  test('not after a reset', async () => {
    emulator.unkey.fail({ status: 500 });
    emulator.unkey.reset();
    expect(await statuses(1)).toEqual([200]);
  });
});

describe('an invalid fault is rejected with one sentence', () => {
  test.for<[fault: unknown, options: object | undefined, sentence: RegExp]>([
    [undefined, undefined, /must have exactly one of latency, status, .*, got undefined\.$/],
    [{}, undefined, /must have exactly one of/],
    [{ latency: 1, hang: true }, undefined, /, got latency, hang\.$/],
    [{ nothing: 1 }, undefined, /, got nothing\.$/],
    [{ latency: -1 }, undefined, /latency must be a number of milliseconds, zero or more, got -1\.$/],
    [{ status: 100 }, undefined, /status must be an HTTP status from 200 to 599, got 100\.$/],
    [{ hang: false }, undefined, /hang must be true, got false\.$/],
    [{ reset: 'after' }, undefined, /reset must be 'before' or 'midway', got after\.$/],
    [{ oversize: 0 }, undefined, /oversize must be a number of bytes/],
    [{ body: undefined }, undefined, /body must be a JSON value, got undefined\.$/],
    [{ body: Symbol.iterator }, undefined, /body must be a JSON value, got Symbol\(Symbol\.iterator\)\.$/],
    [{ hang: true }, { operation: 'keys.nothing' }, /there is no operation 'keys\.nothing'/],
    [{ hang: true }, { times: 0 }, /times must be a whole number, at least 1, got 0\.$/],
  ])('%j %j', ([fault, options, sentence]) => {
    expect(() => emulator.unkey.fail(fault as never, options)).toThrow(sentence);
  });
});

test('close takes effect immediately, also with hanging and slow requests', async () => {
  const unkey = await UnkeyEmulator.start();
  unkey.fail({ hang: true }, { times: 1 });
  unkey.fail({ latency: 600_000 });
  const connections = [new RawConnection(unkey), new RawConnection(unkey)];
  for (const connection of connections) {
    connection.write('POST /v2/keys.verifyKey HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n');
  }
  while (unkey.calls.length < 2) await new Promise((resolve) => setImmediate(resolve));
  await unkey.close();
  await unkey.close();
  expect(await Promise.all(connections.map((connection) => connection.untilClosed()))).toEqual(['', '']);
});
