import { request as httpRequest } from 'node:http';
import { UnkeyEmulator } from 'nestjs-unkey/emulator';
import { describe, expect, test } from 'vitest';
import { useFreshEmulator } from '../support/emulator.js';
import { clientOf } from '../support/client.js';
import { RawConnection } from '../support/raw-connection.js';
import { call as callShell, useShells } from '../support/shell.js';
import { HAS_CHROMIUM, useBrowser } from './support/browser.js';

const emulator = useFreshEmulator();
const HTML = { accept: 'text/html,application/xhtml+xml' };
const CHANGE = { 'content-type': 'application/json', 'x-unkey-emulator': 'page' };

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** Sends a request with headers that `fetch` does not let one set. */
function send(url: string, headers: Record<string, string>, method = 'GET', body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

const get = (path: string, headers: Record<string, string> = {}) => send(emulator.unkey.url + path, headers);
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  send(`${emulator.unkey.url}/_emulator/${path}`, { ...CHANGE, ...headers }, 'POST', JSON.stringify(body));

describe('the page is for browsers', () => {
  test('GET / with Accept: text/html is the page, with a strict policy', async () => {
    const { status, headers, text } = await get('/', HTML);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(text).toContain('<title>Unkey emulator</title>');
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    );
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
    });
  });

  test.for(['*/*', 'application/json', 'text/*', 'text/html-like', ''])(
    'GET / with Accept: %s is 404, as on the server',
    async (accept) => {
      const { status, text } = await get('/', { accept });
      expect([status, text]).toEqual([404, '404 page not found\n']);
    },
  );

  test('none of its requests is a call or meets a fault', async () => {
    emulator.unkey.fail({ status: 500 });
    for (const path of [
      '/',
      '/_emulator/app.js',
      '/_emulator/page.css',
      '/_emulator/state',
      '/_emulator/nothing',
    ]) {
      expect((await get(path, HTML)).status).not.toBe(500);
    }
    const { text } = await post('operations/apis.createApi', { name: 'mine' });
    expect(JSON.parse(text).data.apiId).toMatch(/^api_/);
    expect(emulator.unkey.calls).toEqual([]);
    expect(JSON.parse((await get('/_emulator/state?list=calls')).text).list.rows).toEqual([]);
  });

  test('page: false and dev --no-page serve none of it', async () => {
    await using unkey = await UnkeyEmulator.start({ page: false });
    for (const path of ['/', '/_emulator/state', '/_emulator/app.js']) {
      expect((await send(unkey.url + path, HTML)).status).toBe(404);
    }
    expect(unkey.calls).toHaveLength(3);
    await expect(UnkeyEmulator.start({ page: 1 as never })).rejects.toThrow(
      /page must be true or false, got 1/,
    );
  });

  test('invalid requests get one clear sentence', async () => {
    const sentence = async (path: string, body: unknown) =>
      JSON.parse((await post(path, body)).text).error.detail;
    expect(await sentence('operations/keys.nothing', {})).toBe("There is no operation 'keys.nothing'.");
    expect(await sentence('nothing', {})).toBe("The page has no action 'nothing'.");
    expect(await sentence('__proto__', {})).toBe("The page has no action '__proto__'.");
    expect(await sentence('root-keys', { permission: [] })).toMatch(/has no option 'permission'/);
    expect(await sentence('clock/advance', { ms: -1 })).toMatch(/ms must be a number of milliseconds/);
    expect(await sentence('faults/add', { fault: { hang: false } })).toMatch(/hang must be true, got false/);
    expect(await sentence('faults/add', { fault: { hang: true }, times: 'x' })).toMatch(/times must be/);
    expect(await sentence('calls/clear', null)).toBe('The body must be a JSON object.');
    expect((await post('calls/clear', {}, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await get('/_emulator/../_emulator/constructor')).status).toBe(404);
    expect(JSON.parse((await get('/_emulator/state?list=constructor&offset=x')).text).list).toBeUndefined();
    expect(JSON.parse((await get('/_emulator/state?list=keys&offset=999999')).text).list.rows).toEqual([]);
  });
});

describe('other sites cannot reach the page', () => {
  const routes = ['/', '/_emulator/state', '/_emulator/events', '/_emulator/app.js'];

  test.for([
    'evil.example',
    'evil.example:7070',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.9.8.7',
  ])('DNS rebinding: Host %s is rejected', async (host) => {
    for (const path of routes) expect((await get(path, { ...HTML, host })).status).toBe(403);
    const created = await post('operations/apis.createApi', { name: 'mine' }, { host });
    expect(created.status).toBe(403);
    expect(created.text).not.toContain(emulator.unkey.rootKey);
  });

  test.for(['localhost', 'localhost:1', '127.0.0.1', '[::1]:7070', 'app.localhost'])(
    'Host %s is accepted',
    async (host) => {
      expect((await get('/_emulator/state', { host })).status).toBe(200);
    },
  );

  test('a request without Host is rejected', async () => {
    const raw = new RawConnection(emulator.unkey);
    raw.write('GET /_emulator/state HTTP/1.0\r\n\r\n');
    expect(await raw.untilClosed()).toMatch(/^HTTP\/1\.1 403 /);
  });

  test('Host may be the address that it listens on', async () => {
    await using unkey = await UnkeyEmulator.start({ host: '0.0.0.0' });
    expect((await send(`${unkey.url}/_emulator/state`, { host: '0.0.0.0:1' })).status).toBe(200);
    expect((await send(`${unkey.url}/_emulator/state`, { host: '0.0.0.1' })).status).toBe(403);
  });

  test.for(['cross-site', 'same-site', 'none'])('Sec-Fetch-Site: %s is rejected', async (site) => {
    const headers = { ...HTML, 'sec-fetch-site': site };
    for (const path of routes.slice(1)) expect((await get(path, headers)).status).toBe(403);
    expect((await post('calls/clear', {}, { 'sec-fetch-site': site })).status).toBe(403);
    expect((await get('/', headers)).status).toBe(site === 'none' ? 200 : 403);
  });

  test('a link of another site opens the page, which has no data', async () => {
    const navigation = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    const { status, text } = await get('/', { ...HTML, ...navigation });
    expect(status).toBe(200);
    expect(text).not.toContain(emulator.unkey.rootKey);
    expect((await get('/', { ...HTML, ...navigation, 'sec-fetch-dest': 'iframe' })).status).toBe(403);
    expect((await get('/_emulator/state', navigation)).status).toBe(403);
  });

  test('a change needs the header, and is not for another origin', async () => {
    const url = `${emulator.unkey.url}/_emulator/operations/apis.createApi`;
    const body = JSON.stringify({ name: 'mine' });
    const without = await send(url, { 'content-type': 'application/json' }, 'POST', body);
    expect(without.status).toBe(403);
    expect(without.text).toContain('A change needs the header x-unkey-emulator.');
    expect((await send(url, { ...CHANGE, origin: 'https://evil.example' }, 'POST', body)).status).toBe(403);
    expect((await send(url, { ...CHANGE, origin: 'null' }, 'POST', body)).status).toBe(403);
    expect((await send(url, {}, 'OPTIONS')).status).toBe(403);
    expect((await send(url, { ...CHANGE, origin: emulator.unkey.url }, 'POST', body)).status).toBe(200);
  });

  test('no response has a header that lets other sites read it', async () => {
    for (const path of routes.filter((one) => one !== '/_emulator/events')) {
      const { headers } = await get(path, { ...HTML, origin: emulator.unkey.url });
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });
});

describe('the page with --state', () => {
  const shells = useShells();

  test('a change is kept, and made in the way of an operation', async () => {
    const first = shells.dev('--state', 'state');
    const { url } = await first.listening();
    const change = (path: string, body: unknown) =>
      send(`${url}/_emulator/${path}`, CHANGE, 'POST', JSON.stringify(body)).then(
        ({ text }) => JSON.parse(text).data,
      );
    const { apiId } = await change('operations/apis.createApi', { name: 'mine' });
    const { key } = await change('operations/keys.createKey', { apiId });
    const { rootKey } = await change('root-keys', { name: 'mine', permissions: ['api.*.verify_key'] });
    await first.kill();

    const again = await shells.dev('--state', 'state').listening();
    expect(await callShell({ ...again, rootKey }, 'keys.verifyKey', { key })).toMatchObject({ valid: true });
    const { text } = await send(`${again.url}/_emulator/state?list=root-keys`, {});
    expect(JSON.parse(text).list.rows[0]).toMatchObject({ name: 'mine', permissions: ['api.*.verify_key'] });
  });

  test('a change that cannot be written is not made', async () => {
    const shell = shells.runLimited(['dev', '--port', '0', '--state', 'state'], 4096);
    const { url } = await shell.listening();
    const create = async (name: string) =>
      JSON.parse(
        (await send(`${url}/_emulator/operations/apis.createApi`, CHANGE, 'POST', JSON.stringify({ name })))
          .text,
      );
    expect((await create('small')).data.apiId).toMatch(/^api_/);
    expect(
      (await create('x'.repeat(250).padEnd(255, 'y'))).data ?? (await create('z'.repeat(255))),
    ).toBeDefined();
    const many = [];
    for (let i = 0; i < 30; i++) many.push(await create(`${i}`.padEnd(250, 'x')));
    expect(many.at(-1).error.detail).toMatch(/^The change was not made: /);
    const { text } = await send(`${url}/_emulator/state?list=apis&search=${'29x'}`, {});
    expect(JSON.parse(text).list.total).toBe(0);
  });

  test('dev prints the address of the page; with --no-page there is none', async () => {
    const shell = shells.dev();
    const { url } = await shell.listening();
    expect(shell.output).toContain(`Open ${url}/ in a browser`);
    const without = shells.dev('--no-page');
    const address = await without.listening();
    expect(without.output).not.toContain('in a browser');
    expect((await send(`${address.url}/`, HTML)).status).toBe(404);
    expect((await send(`${address.url}/_emulator/state`, {})).status).toBe(404);
  });

  test('--allow-host is accepted by the page too', async () => {
    const { url } = await shells.dev('--allow-host', 'unkey.internal').listening();
    expect((await send(`${url}/_emulator/state`, { host: 'unkey.internal:1' })).status).toBe(200);
    expect((await send(`${url}/_emulator/state`, { host: 'other.internal:1' })).status).toBe(403);
  });
});

describe('keys are never shown in full', () => {
  test.for<[name: string, body: (key: string) => string]>([
    ['in the member key', (key) => JSON.stringify({ key })],
    ['in another letter case', (key) => JSON.stringify({ KEY: key, kEy: key })],
    ['in another member', (key) => JSON.stringify({ keyId: key, name: `see ${key}` })],
    ['as the name of a member', (key) => JSON.stringify({ [key]: 1 })],
    ['with escapes', (key) => `{"key":"\\u00${key.charCodeAt(0).toString(16)}${key.slice(1)}"}`],
    ['in a body that is no JSON', (key) => `{"key":"${key}"`],
    ['in a body that is no JSON, elsewhere', (key) => `keyId=${key}`],
    ['nested deep', (key) => `${'{"a":'.repeat(150)}${JSON.stringify({ key })}${'}'.repeat(150)}`],
    [
      'nested so deep that it fills the memory of a stack',
      (key) => '['.repeat(8000) + `"${key}"` + ']'.repeat(8000),
    ],
    ['in a body that is too long', (key) => JSON.stringify({ key, filler: 'x'.repeat(40_000) })],
  ])('%s', async ([, body]) => {
    const { key } = await emulator.unkey.createKey({ prefix: 'sk' });
    const client = clientOf(emulator.unkey);
    await client.send('keys.verifyKey', body(key));
    await client.send('keys.getKey', body(key));
    await fetch(`${emulator.unkey.url}/v2/keys.${key}/${key}`, { method: 'POST', body: body(key) });
    const list = await get('/_emulator/state?list=calls');
    const { rows } = JSON.parse(list.text).list;
    expect(rows).toHaveLength(3);
    const details = await Promise.all(rows.map(({ id }: { id: number }) => get(`/_emulator/calls/${id}`)));
    const all = [list, ...details];
    for (const { text } of details) expect(JSON.parse(text).answer).not.toBe('');
    for (const { text, status } of all) {
      expect(status).toBe(200);
      expect(text).not.toContain(key);
    }
  });

  test('nor are new keys and other root keys', async () => {
    const { apiId } = await emulator.client.data('apis.createApi', { name: 'mine' });
    const { key, keyId } = await emulator.client.data('keys.createKey', { apiId });
    const { key: rolled } = await emulator.client.data('keys.rerollKey', { keyId, expiration: 0 });
    const rootKey = emulator.unkey.createRootKey({ name: 'other' });
    await clientOf(emulator.unkey, rootKey).data('keys.verifyKey', { key: rolled });
    await clientOf(emulator.unkey, 'unkey_not_known_here').call('keys.verifyKey', { key: rootKey });
    const { rows } = JSON.parse((await get('/_emulator/state?list=calls')).text).list;
    expect(rows).toHaveLength(5);
    const details = await Promise.all(rows.map(({ id }: { id: number }) => get(`/_emulator/calls/${id}`)));
    const lists = ['keys', 'root-keys', 'calls'].map((list) => get(`/_emulator/state?list=${list}`));
    const texts = [...details, ...(await Promise.all(lists))].map(({ text }) => text).join('\n');
    for (const secret of [key, rolled, rootKey, 'unkey_not_known_here']) expect(texts).not.toContain(secret);
  });
});

const browser = useBrowser();

describe.skipIf(!HAS_CHROMIUM)('the page in Chromium: injections stay text', () => {
  const INJECTIONS = [
    '<img src=x onerror=alert(1)>',
    '<script>alert(1)</script>',
    '"><svg onload=alert(1)>',
    "javascript:alert('1')",
    '{{constructor.constructor("alert(1)")()}}',
    '</td></tr></table><iframe srcdoc="<script>alert(1)</script>">',
  ];

  test.for(INJECTIONS)('%s', async (text) => {
    const { page } = await browser.open('#keys', {}, async (unkey) => {
      const client = clientOf(unkey);
      const { apiId } = await client.data('apis.createApi', { name: text });
      await client.data('keys.createKey', { apiId, name: text, meta: { [text]: text } });
      await client.data('permissions.createRole', { name: text, description: text });
      await client.data('ratelimit.limit', { namespace: text, identifier: text, limit: 1, duration: 1000 });
      await client.data('ratelimit.setOverride', {
        namespace: text,
        identifier: text,
        limit: 1,
        duration: 1000,
      });
      await client.call('keys.getKey', { keyId: text });
      await fetch(`${unkey.url}/v2/${encodeURIComponent(text)}`, { method: 'POST', body: text });
      unkey.createRootKey({ name: text, permissions: [text] });
    });
    const sections = ['Keys', 'APIs', 'Roles', 'Rate limits', 'Root keys', 'Calls'];
    const shown: string[] = [];
    for (const name of sections) {
      await page.getByRole('link', { name, exact: false }).first().click();
      await page.getByRole('heading', { name, level: 1 }).waitFor();
      await page.locator('.toggle').first().click();
      await page.locator('.opened').first().waitFor();
      shown.push(await page.locator('main').innerText());
    }
    for (const content of shown) expect(content).toContain(text);
    expect(await page.locator('main img, main script, main svg, main iframe').count()).toBe(0);
  });
});
