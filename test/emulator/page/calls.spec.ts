import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { NOON } from '../support/emulator.js';
import { HAS_CHROMIUM, useBrowser } from './support/browser.js';

const browser = useBrowser();

/** Runs a command with a shell and a `curl` that prints its arguments, one a line. */
function argumentsOf(command: string, env: Record<string, string>): string[] {
  const script = `curl() { printf '%s\\n' "$@"; }\n${command}`;
  const { stdout } = spawnSync('sh', ['-c', script], { env: { ...process.env, ...env }, encoding: 'utf8' });
  return stdout.split('\n');
}

describe.skipIf(!HAS_CHROMIUM)('the page in Chromium: calls', () => {
  test('a call comes in live, opens with body, answer and reason, and shows no whole key', async () => {
    const { page, client, unkey } = await browser.open('', { now: NOON });
    await page.getByText('No calls yet.').waitFor();
    const { key } = await unkey.createKey({ prefix: 'sk_live', name: 'alice', permissions: ['a'] });
    await client.data('keys.verifyKey', { key, permissions: 'a AND b' });
    const row = page.getByRole('button', { name: /keys\.verifyKey, 200 INSUFFICIENT_PERMISSIONS/ });
    await row.click();
    await page.getByText('The call requires a AND b. The key has a.').first().waitFor();
    const request = page.getByRole('region', { name: 'Request' });
    await request.getByText('"permissions": "a AND b"').waitFor();
    expect(await request.textContent()).toContain(`${key.slice(0, 12)}…`);
    await page.getByRole('region', { name: 'Answer' }).getByText('"INSUFFICIENT_PERMISSIONS"').waitFor();
    expect(await page.content()).not.toContain(key);
    expect(await row.getAttribute('aria-expanded')).toBe('true');

    // New calls do not move the rows while one is open.
    await client.data('keys.verifyKey', { key });
    await page.getByRole('link', { name: 'Calls 2' }).waitFor();
    expect(await page.getByRole('button', { name: /keys\.verifyKey/ }).count()).toBe(1);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: /200 VALID/ }).waitFor();
  });

  test.for<[name: string, operation: string, body: object, shown: RegExp]>([
    ['an unknown key', 'keys.verifyKey', { key: 'sk_unknown_1' }, /There is no such key/],
    ['an error', 'keys.getKey', { keyId: 'key_none' }, /There is no key with the id 'key_none'/],
    ['an invalid body', 'keys.verifyKey', { key: 1 }, /The body is invalid for keys\.verifyKey\./],
    ['no credits', 'keys.verifyKey', { key: 'poor' }, /costs 1, the key has 0 credits left/],
    ['a limit', 'keys.verifyKey', { key: 'slow' }, /The limit 'requests' of 1 per 60000 ms is exceeded/],
    ['a disabled key', 'keys.verifyKey', { key: 'off' }, /The key is disabled/],
    ['an expired key', 'keys.verifyKey', { key: 'old' }, /The key expired on 2030-05-15T11:59:59/],
    [
      'a full namespace',
      'ratelimit.limit',
      { namespace: 'n', identifier: 'i', limit: 0, duration: 1000 },
      /exceeded|limit/,
    ],
  ])('%s: the list says why', async ([, operation, body, shown]) => {
    const { page, client, unkey } = await browser.open('', { now: NOON });
    const keys: Record<string, string> = {};
    const limit = { name: 'requests', limit: 1, duration: 60_000, autoApply: true };
    keys['poor'] = (await unkey.createKey({ credits: { remaining: 0 } })).key;
    keys['slow'] = (await unkey.createKey({ ratelimits: [limit] })).key;
    keys['off'] = (await unkey.createKey({ enabled: false })).key;
    keys['old'] = (await unkey.createKey({ expires: NOON - 1000 })).key;
    const sent =
      'key' in body && typeof body.key === 'string' ? { ...body, key: keys[body.key] ?? body.key } : body;
    await client.call(operation, sent);
    await client.call(operation, sent);
    await expect.poll(() => page.getByText(shown).count()).toBeGreaterThan(0);
  });

  test('a call that a fault hit says so, even without an answer', async () => {
    const { page, client, unkey } = await browser.open();
    unkey.fail({ reset: 'before' }, { times: 1 });
    await client.call('keys.verifyKey', { key: 'x' }).catch(() => undefined);
    unkey.fail({ status: 503 }, { times: 1 });
    await client.call('keys.verifyKey', { key: 'x' });
    await page.getByText('A fault hit this call: reset before.').waitFor();
    await page.getByText('A fault hit this call: status 503.').waitFor();
    const answered = page.getByRole('button', { name: 'keys.verifyKey, 503 fault: status 503' });
    await expect.poll(() => answered.count()).toBe(1);
  });

  test('searches, filters, clears and pages', async () => {
    const { page, client } = await browser.open();
    for (let i = 0; i < 60; i++) await client.call('keys.verifyKey', { key: `sk_test_${i}_number` });
    await client.call('apis.createApi', { name: 'needle' });
    await page.getByText('1–50 of 61').waitFor();
    await page.getByRole('button', { name: 'Older' }).click();
    await page.getByText('51–61 of 61').waitFor();
    await client.call('apis.createApi', { name: 'another' });
    await page.getByRole('link', { name: 'Calls 62' }).waitFor();
    expect(await page.getByText('51–61 of 61').count()).toBe(1);
    await page.getByRole('searchbox').fill('needle');
    await page.getByText('1–1 of 1', { exact: true }).waitFor();
    await page.getByRole('searchbox').fill('');
    await page.getByRole('button', { name: 'Rejected only' }).click();
    await page.getByText('1–50 of 60').waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByText('No calls yet.').waitFor();
  });

  test('copy as curl repeats the call; keys are variables', async () => {
    const { unkey, client } = await browser.open();
    const page = await browser.visit(`${unkey.url}/`, { permissions: ['clipboard-read', 'clipboard-write'] });
    const { key } = await unkey.createKey();
    const body = { key, permissions: `it's "a" OR $HOME OR \`b\`` };
    await client.call('keys.verifyKey', body);
    await page.getByRole('button', { name: /keys\.verifyKey/ }).click();
    await page.getByText('Set KEY first').waitFor();
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toContain('curl ');
    const command = String(await page.evaluate('navigator.clipboard.readText()'));
    expect(command).not.toContain(key);
    expect(argumentsOf(command, { KEY: key })).toEqual([
      `${unkey.url}/v2/keys.verifyKey`,
      '-H',
      `Authorization: Bearer ${unkey.rootKey}`,
      '-H',
      'Content-Type: application/json',
      '--data-raw',
      JSON.stringify(body),
      '',
    ]);
  });
});
