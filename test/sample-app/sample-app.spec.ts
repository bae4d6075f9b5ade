import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createConnection, createServer, type AddressInfo } from 'node:net';
import { UnkeyEmulator } from 'nestjs-unkey/testing';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { IMAGE, startImage } from '../../scripts/terminal-svg.mjs';
import { ROOT } from '../docs/markdown.js';
import { hasChromium, useChromium } from '../support/chromium.js';
import { authorize, execute, fillBody, tryOut } from '../support/swagger-ui.js';
import {
  compileSample,
  killSamplesAfterwards,
  printedCalls,
  printedSocketCommand,
  runCommand,
  runSample,
  startAlone,
  startSample,
  type RunningSample,
} from './support/sample.js';

killSamplesAfterwards();
const chromium = useChromium();
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
  /** Sends a request with the key of a printed command. */
  const call = async (what: string, method: string, path: string, body?: unknown) => {
    const headers = { 'content-type': 'application/json', ...keyOf(what) };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(sample.url + path, { method, headers, ...text });
    const json: unknown = answer.status === 204 ? undefined : await answer.json();
    return { status: answer.status, body: json, headers: answer.headers };
  };
  const keyOf = (what: string): Record<string, string> => {
    const key = printed(what).init.headers.get('x-api-key');
    return key === null ? {} : { 'x-api-key': key };
  };
  const admin = (method: string, path: string, body?: unknown) => call('administrator', method, path, body);
  const makeKey = async (body: unknown) => {
    const made = await admin('POST', '/admin/keys', body);
    expect(made.status).toBe(201);
    return { ...(made.body as { key: string; keyId: string }), headers: made.headers };
  };

  test(`${IMAGE} shows what npm start prints`, async () => {
    // Another start, because requests of other tests print lines too.
    const text = (await startSample()).text();
    const image = startImage(text);
    expect(readFileSync(ROOT + IMAGE, 'utf8'), 'run npm run docs:terminal').toBe(image);
    for (const key of text.match(/docs_[A-Za-z0-9]{20,}/g) ?? []) expect(image).not.toContain(key);
  });

  test('the start message has at most 100 columns', () => {
    expect(
      sample
        .text()
        .split('\n')
        .filter((line) => line.length > 100),
    ).toEqual([]);
  });

  test('the printed table shows how every handler is protected', () => {
    const [, table = ''] = /^( +access .*?)\n\n/ms.exec(sample.text()) ?? [];
    const lines = table.split('\n');
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
      ['expired key', '{ documents { id } }', { code: 'UNAUTHENTICATED', reason: 'EXPIRED', status: 401 }],
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
        errors: [{ message: 'title: Too small: expected string to have >=1 characters.' }],
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

  test('an administrator creates a key, sees it once, looks it up and disables it', async () => {
    const { key, keyId, headers } = await makeKey(JSON.parse(printed('administrator').init.body ?? ''));
    expect(headers.get('cache-control')).toBe('no-store');
    const use = async () => {
      const answer = await fetch(`${sample.url}/documents`, { headers: { 'x-api-key': key } });
      return (await answer.json()) as { code?: string; key?: unknown };
    };
    expect(await use()).toMatchObject({ key: { name: 'Globex', plan: 'pro' } });
    const found = await admin('GET', `/admin/keys/${keyId}`);
    expect(found.body).toMatchObject({ keyId, enabled: true, identity: { externalId: 'globex' } });
    expect(JSON.stringify(found.body)).not.toContain(key);
    expect((await admin('POST', '/admin/keys/whoami', { key })).body).toMatchObject({ keyId });

    expect((await admin('PATCH', `/admin/keys/${keyId}`, { enabled: false })).status).toBe(204);
    expect((await use()).code).toBe('DISABLED');
  });

  const good = { name: 'A key', externalId: 'acme' };

  test.each<[body: unknown, message: string]>([
    [{}, 'externalId: Invalid input: expected string, received undefined; name: Invalid input'],
    [{ ...good, expires: 1 }, 'Unrecognized key: "expires".'],
    [{ ...good, plan: 'gold' }, 'plan: Invalid option: expected one of "free"|"pro".'],
  ])('an invalid key %j is rejected, and the answer names the field', async (body, message) => {
    const answer = await admin('POST', '/admin/keys', body);
    expect(answer.body).toMatchObject({ statusCode: 400, message: expect.stringContaining(message) });
  });

  test('a customer manages their own keys with the printed key', async () => {
    const manage = (method: string, path: string, body?: unknown) =>
      call('create your own key', method, path, body);
    const created = await manage('POST', '/keys', { name: 'CI', permissions: ['documents.read'] });
    expect(created).toMatchObject({ status: 201, body: { key: expect.stringMatching(/^docs_/) } });
    const { key, keyId } = created.body as { key: string; keyId: string };
    const use = async (used: string) =>
      (await fetch(`${sample.url}/documents`, { headers: { 'x-api-key': used } })).status;
    expect(await use(key)).toBe(200);

    const rerolled = await manage('POST', `/keys/${keyId}/reroll`, { graceMinutes: 5 });
    const next = rerolled.body as { key: string; keyId: string };
    expect([await use(key), await use(next.key)]).toEqual([200, 200]);

    for (const own of [keyId, next.keyId]) expect((await manage('DELETE', `/keys/${own}`)).status).toBe(204);
    expect([await use(key), await use(next.key)]).toEqual([401, 401]);

    const foreign = await makeKey({ name: 'Other', externalId: 'other' });
    expect((await manage('DELETE', `/keys/${foreign.keyId}`)).status).toBe(404);
  });

  test.skipIf(!hasChromium)('Swagger UI sends the authorized key, and shows a body to fill in', async () => {
    const { page, errors } = await chromium.newPage();
    await page.goto(`${sample.url}/docs`);
    await tryOut(page, '/keys');
    expect(await execute(page, '/keys')).toMatchObject({ status: '401', body: { code: 'MISSING_KEY' } });
    await authorize(page, 'unkey-x-api-key', keyOf('list your own keys')['x-api-key'] ?? '');
    expect(await execute(page, '/keys')).toMatchObject({
      status: '200',
      body: { keys: expect.arrayContaining([expect.objectContaining({ name: 'Manager' })]) },
    });
    await tryOut(page, '/keys', 'post');
    const example = await page.locator('textarea.body-param__text').inputValue();
    expect(Object.keys(JSON.parse(example))).toEqual(['name', 'permissions', 'expiresInDays']);
    await fillBody(page, '/keys', { name: 'By hand', permissions: ['documents.read'] });
    expect(await execute(page, '/keys', 'post')).toMatchObject({
      status: '201',
      body: { key: expect.stringMatching(/^docs_/) },
    });
    expect(errors).toEqual([]);
  });

  test('the health check says that Unkey answers', async () => {
    const answer = await fetch(`${sample.url}/health`);
    expect(await answer.json()).toMatchObject({ status: 'ok', info: { unkey: { status: 'up' } } });
  });

  test("the printed URL of the local Unkey server is the emulator's page", async () => {
    const [, page = ''] = /^Open (http:\S+) in a browser/m.exec(sample.text()) ?? [];
    const answer = await fetch(page, { headers: { accept: 'text/html' } });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/html'),
    ]);
  });

  test('each request prints a line with who called, or why the key was denied, and no key', async () => {
    const { key } = await makeKey({ name: 'Line\u001b[2J', externalId: 'acme' });
    await fetch(`${sample.url}/documents?key=${key}`, { headers: { 'x-api-key': key } });
    await fetch(`${sample.url}/documents/search/line`, { headers: { 'x-api-key': 'docs_unknown' } });
    await sample.printed('GET    /documents/search/line');
    const lines = sample.text().split('\n');
    expect(lines).toContainEqual(
      expect.stringMatching(/^200 {2}GET {4}\/documents {2}[\d.]+ ms {2}Line\?\[2J$/),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(/^401 {2}GET {4}\/documents\/search\/line {2}[\d.]+ ms {2}NOT_FOUND$/),
    );
    expect(sample.text()).not.toContain(key);
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
    const sample = await startSample({
      UNKEY_ROOT_KEY: unkey.rootKey,
      UNKEY_BASE_URL: unkey.url,
      UNKEY_API_ID: 'api_1234',
    });
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
    const { key } = await unkey.createKey({ permissions: ['admin'] });
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
    expect(err).toContain("Unkey's answer: 404. If it is 4xx, check UNKEY_ROOT_KEY and UNKEY_API_ID.");
    expect(out + err).not.toContain(unkey.rootKey);
    expect(out + err).not.toContain(key);
  });
});

describe('the app without the demo', () => {
  test('serves and ends on SIGTERM', async () => {
    const unkey = await UnkeyEmulator.start();
    onTestFinished(() => unkey.close());
    const app = startAlone({
      UNKEY_ROOT_KEY: unkey.rootKey,
      UNKEY_BASE_URL: unkey.url,
      UNKEY_API_ID: 'api_1234',
    });
    await app.printed('Nest application successfully started');
    const { signal, err } = await app.end();
    expect({ signal, err }).toEqual({ signal: 'SIGTERM', err: '' });
    expect(app.text()).not.toContain(unkey.rootKey);
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

  test('for a missing UNKEY_API_ID', async () => {
    const { code, err } = await runSample({ UNKEY_ROOT_KEY: 'unkey_secret' });
    expect(code).toBe(1);
    expect(err).toMatch(/^.*"?UNKEY_API_ID"? does not exist\n$/);
  });

  test('for an invalid URL', async () => {
    const { code, err } = await runSample({
      UNKEY_ROOT_KEY: 'unkey_secret',
      UNKEY_BASE_URL: 'ftp://unkey',
      UNKEY_API_ID: 'api_1234',
    });
    expect(code).toBe(1);
    expect(err).toMatch(/^UnkeyModule: option "baseUrl".*ftp:\/\/unkey".\n$/);
  });
});
