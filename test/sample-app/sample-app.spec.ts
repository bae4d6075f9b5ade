import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo } from 'node:net';
import { UnkeyEmulator } from 'nestjs-unkey/testing';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  compileSample,
  killSamplesAfterwards,
  printedCalls,
  printedSocketCommand,
  runCommand,
  runSample,
  startSample,
  type RunningSample,
} from './support/sample.js';

killSamplesAfterwards();
beforeAll(compileSample);

describe('without a root key', () => {
  let sample: RunningSample;
  beforeAll(async () => {
    sample = await startSample();
  });

  const printed = (what: string) => {
    const call = printedCalls(sample.text()).find((line) => line.what === what);
    if (call === undefined) throw new Error(`no line for ${what} in ${sample.text()}`);
    return call;
  };
  /** Sends a request with the printed key of the administrator. */
  const admin = async (method: string, path: string, body?: unknown) => {
    const { headers } = printed('administrator').init;
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(sample.url + path, { method, headers, ...text });
    const json: unknown = answer.status === 204 ? undefined : await answer.json();
    return { status: answer.status, body: json, headers: answer.headers };
  };
  const makeKey = async (body: unknown) => {
    const made = await admin('POST', '/admin/keys', body);
    expect(made.status).toBe(201);
    return { ...(made.body as { key: string; keyId: string }), headers: made.headers };
  };

  test('the printed table shows how every handler is protected, in at most 100 columns', () => {
    const [, table = ''] = /^( +access .*?)\n\n/ms.exec(sample.text()) ?? [];
    const lines = table.split('\n');
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
    expect(lines.filter((line) => line.startsWith('!'))).toEqual([]);
    expect(table).toMatch(/^ {3}public {5}GET \/health +HealthController\./m);
    expect(table).toMatch(/^ {3}protected {2}Query\.documents /m);
    // Demands that do not fit in stand below.
    expect(table).toMatch(
      /^ {3}protected {2}POST \/exports .*\n {14}exports\.create; credits \d+; limits exports$/m,
    );
    expect(table).toMatch(/^ {3}protected {2}message watch /m);
  });

  test('every printed curl command gets the printed status, repeatedly and in any order', async () => {
    const calls = printedCalls(sample.text());
    for (const round of [calls, calls.toReversed()]) {
      const statuses = [];
      for (const { what, url, init } of round) statuses.push([what, (await fetch(url, init)).status]);
      expect(statuses).toEqual(round.map(({ what, status }) => [what, status]));
    }
    expect(new Set(calls.map(({ status }) => status))).toEqual(new Set([200, 201, 202, 401, 403, 429]));
  });

  describe('GraphQL', () => {
    const createDocument = (title: string) =>
      `mutation { createDocument(document: { title: ${JSON.stringify(title)} }) { title } }`;
    /** Sends a query as the printed command does, with the key of another line if one is named. */
    const ask = async (query?: string, what = 'GraphQL') => {
      const { url, init } = printed('GraphQL');
      const headers = { 'content-type': 'application/json', ...keyOf(what) };
      const body = query === undefined ? (init.body ?? '') : JSON.stringify({ query });
      return (await fetch(url, { ...init, headers, body })).json();
    };
    const keyOf = (what: string): Record<string, string> => {
      const key = what === 'no key' ? null : printed(what).init.headers.get('x-api-key');
      return key === null ? {} : { 'x-api-key': key };
    };

    test("the printed command returns the customer's documents", async () => {
      expect(await ask()).toMatchObject({
        data: { documents: expect.arrayContaining([{ id: 1, title: 'Road map' }]) },
      });
    });

    test('a mutation creates a document', async () => {
      expect(await ask(createDocument('By GraphQL'))).toEqual({
        data: { createDocument: { title: 'By GraphQL' } },
      });
    });

    test.each<[what: string, query: string, extensions: object]>([
      ['no key', '{ documents { id } }', { code: 'UNAUTHENTICATED', reason: 'MISSING_KEY', status: 401 }],
      ['expired', '{ documents { id } }', { code: 'UNAUTHENTICATED', reason: 'EXPIRED', status: 401 }],
      [
        'reader',
        createDocument('Plan'),
        { code: 'FORBIDDEN', reason: 'INSUFFICIENT_PERMISSIONS', status: 403 },
      ],
    ])('%s: %s is denied', async (what, query, extensions) => {
      const answer = await ask(query, what);
      expect(answer).toMatchObject({ data: null, errors: [{ extensions }] });
      expect(JSON.stringify(answer)).not.toContain('stacktrace');
    });

    test('an invalid title is rejected with one sentence', async () => {
      expect(await ask(createDocument(' '))).toMatchObject({
        errors: [{ message: 'title must not be empty.' }],
      });
    });
  });

  describe('WebSocket', () => {
    /** Runs the printed command, with another key if one is given. */
    const watch = (key?: string) => {
      const command = printedSocketCommand(sample.text());
      const watching = runCommand(key === undefined ? command : command.replace(/docs_\w+/, key));
      onTestFinished(() => watching.kill());
      return watching;
    };
    const createDocument = async (title: string) => {
      const { url, init } = printed('GraphQL');
      const query = `mutation { createDocument(document: { title: "${title}" }) { id } }`;
      expect(
        await (await fetch(url, { ...init, body: JSON.stringify({ query }) })).json(),
      ).not.toHaveProperty('errors');
    };

    test("the printed command prints the customer's documents, then every new one", async () => {
      const watching = watch();
      await watching.printed("title: 'Road map'");
      await createDocument('Watched');
      await watching.printed("title: 'Watched'");
      expect(watching.text()).toMatch(
        /^documents \[[^]*\]\ncreated \{ id: \d+, owner: 'acme', title: 'Watched' \}\n/,
      );
    });

    test('each customer sees only their own documents', async () => {
      const permissions = ['documents.read', 'documents.list', 'documents.write'];
      const { key } = await makeKey({ name: 'Other', externalId: 'other', permissions });
      const [other, own] = [watch(key), watch()];
      await Promise.all([other.printed('documents []\n'), own.printed("title: 'Road map'")]);
      await createDocument('Of acme');
      await own.printed("title: 'Of acme'");
      const created = await fetch(`${sample.url}/documents`, {
        method: 'POST',
        headers: { 'x-api-key': key, 'content-type': 'application/json' },
        body: '{"title":"Of other"}',
      });
      expect(created.status).toBe(201);
      await other.printed("title: 'Of other'");
      expect(other.text()).not.toContain('Of acme');
    });

    test.each([
      ['docs_unknown', 'NOT_FOUND', 401],
      ['', 'MISSING_KEY', 401],
    ])('the key %j is rejected as %s', async (key, code, statusCode) => {
      const watching = watch(key);
      await watching.printed('}');
      expect(watching.text()).toMatch(/^exception \{/);
      expect(watching.text()).toContain(`code: '${code}'`);
      expect(watching.text()).toContain(`statusCode: ${statusCode}`);
    });
  });

  test('an administrator creates a key, sees it once, disables it and deletes it', async () => {
    const { key, keyId, headers } = await makeKey(JSON.parse(printed('administrator').init.body ?? ''));
    expect(headers.get('cache-control')).toBe('no-store');
    expect(key).toMatch(/^acme_/);

    const use = async () => {
      const answer = await fetch(`${sample.url}/documents`, { headers: { 'x-api-key': key } });
      return (await answer.json()) as { code?: string; key?: unknown };
    };
    expect(await use()).toMatchObject({
      key: { name: 'Acme, production', plan: 'pro', seats: 5, credits: 99 },
    });
    const listed = await admin('GET', '/admin/keys?externalId=acme');
    expect(listed.body).toMatchObject({
      keys: expect.arrayContaining([expect.objectContaining({ keyId, enabled: true })]),
    });
    expect(JSON.stringify(listed.body)).not.toContain(key);

    expect((await admin('PATCH', `/admin/keys/${keyId}`, { enabled: false })).status).toBe(204);
    expect((await use()).code).toBe('DISABLED');
    expect((await admin('DELETE', `/admin/keys/${keyId}`)).status).toBe(204);
    expect((await use()).code).toBe('NOT_FOUND');
    expect((await admin('DELETE', `/admin/keys/${keyId}`)).body).toMatchObject({
      statusCode: 404,
      message: 'There is no such key.',
    });
  });

  const good = { name: 'A key', externalId: 'acme' };

  test.each<[body: unknown, message: string]>([
    [{}, 'name is missing.'],
    [{ ...good, expires: 1 }, 'expires is unknown; known are name, '],
    [
      { ...good, credits: { remaining: -1 } },
      'credits.remaining must be a whole number from 0 to 1000000000.',
    ],
    [
      { ...good, credits: { remaining: 1, refill: { interval: 'monthly', amount: 1 } } },
      "credits.refill needs refillDay if interval is 'monthly', and must not have it otherwise.",
    ],
    [{ ...good, ratelimits: [{ name: 'a' }] }, 'ratelimits.0.name must have at least 3 characters.'],
    [{ ...good, meta: { plan: 'gold' } }, "meta.plan must be 'free' or 'pro'."],
  ])('an invalid key %j is rejected with one sentence', async (body, message) => {
    const answer = await admin('POST', '/admin/keys', body);
    expect(answer.body).toMatchObject({ statusCode: 400, message: expect.stringContaining(message) });
  });

  test('input that Unkey rejects gets a 400 that names the field', async () => {
    const { body } = await admin('DELETE', '/admin/keys/a');
    expect(body).toMatchObject({ statusCode: 400, message: expect.stringContaining('keyId: ') });
  });

  test('the fourth search within a minute is denied', async () => {
    const { key } = await makeKey({ ...good, permissions: ['documents.read'] });
    const statuses = [];
    for (let count = 0; count < 4; count++) {
      const answer = await fetch(`${sample.url}/documents/search/road`, { headers: { 'x-api-key': key } });
      statuses.push(answer.status);
    }
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  test('a visitor is greeted without a key, but not with an invalid key', async () => {
    expect(await (await fetch(sample.url)).json()).toEqual({ message: 'Hello stranger!' });
    expect((await fetch(sample.url, { headers: { 'x-api-key': 'docs_unknown' } })).status).toBe(401);
  });
});

describe('signals', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s ends it cleanly, even with open connections and a watching socket',
    async (signal) => {
      const sample = await startSample();
      const socket = createConnection(Number(new URL(sample.url).port), 'localhost');
      socket.on('error', () => {});
      socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n');
      await once(socket, 'data');
      const watching = runCommand(printedSocketCommand(sample.text()));
      onTestFinished(() => watching.kill());
      await watching.printed('documents [');
      const { code, err } = await sample.end(signal);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      socket.destroy();
    },
  );
});

describe('with a root key', () => {
  async function anUnkey() {
    const unkey = await UnkeyEmulator.start();
    onTestFinished(() => unkey.close());
    return unkey;
  }

  test('it uses that Unkey, creates no keys and prints how to create one', async () => {
    const unkey = await anUnkey();
    const sample = await startSample({ UNKEY_ROOT_KEY: unkey.rootKey, UNKEY_BASE_URL: unkey.url });
    expect(sample.text()).toContain(`the app uses Unkey at ${unkey.url}`);
    expect(sample.text()).toContain('/v2/keys.createKey');
    expect(sample.text()).not.toContain(unkey.rootKey);
    expect(unkey.calls.filter(({ operation }) => operation !== 'keys.verifyKey')).toEqual([]);

    const { key } = await unkey.createKey({ permissions: ['documents.read'] });
    const answer = await fetch(`${sample.url}/documents`, { headers: { 'x-api-key': key } });
    expect(answer.status).toBe(200);
  });

  test('if Unkey rejects the app, the caller gets a 500; if Unkey fails, a 503; no secret is printed', async () => {
    const unkey = await anUnkey();
    const sample = await startSample({
      UNKEY_ROOT_KEY: unkey.rootKey,
      UNKEY_BASE_URL: unkey.url,
      UNKEY_API_ID: 'api_unknown',
    });
    const { key } = await unkey.createKey({ permissions: ['keys.manage'] });
    const make = () =>
      fetch(`${sample.url}/admin/keys`, {
        method: 'POST',
        headers: { 'x-api-key': key, 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'A key', externalId: 'acme' }),
      });
    expect((await make()).status).toBe(500);
    for (const fault of [{ status: 500 }, { reset: 'before' }, { status: 429 }] as const) {
      unkey.fail(fault, { operation: 'keys.createKey', times: 1 });
      expect((await make()).status).toBe(503);
    }
    const { code, out, err } = await sample.end('SIGTERM');
    expect(code).toBe(0);
    expect(err).toContain('keys.createKey: Unkey answered 404. Check UNKEY_ROOT_KEY');
    expect(out + err).not.toContain(unkey.rootKey);
    expect(out + err).not.toContain(key);
  });
});

describe('a failed start prints one sentence', () => {
  test('for a port that is in use', async () => {
    const other = createServer().listen(0);
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    expect(await runSample({ PORT: String(port) })).toEqual({
      code: 1,
      signal: null,
      out: '',
      err: `Port ${port} is already in use; set another port, such as PORT=3001.\n`,
    });
  });

  test.each(['abc', '65536'])('for PORT=%s', async (PORT) => {
    expect(await runSample({ PORT })).toEqual({
      code: 1,
      signal: null,
      out: '',
      err: `PORT must be a whole number from 0 to 65535, got '${PORT}'.\n`,
    });
  });

  test('for an invalid URL', async () => {
    const { code, err } = await runSample({ UNKEY_ROOT_KEY: 'unkey_secret', UNKEY_BASE_URL: 'ftp://unkey' });
    expect(code).toBe(1);
    expect(err).toMatch(/^UnkeyModule: option "baseUrl".*ftp:\/\/unkey".\n$/);
  });
});
