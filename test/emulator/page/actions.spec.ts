import { describe, expect, test } from 'vitest';
import { NOON } from '../support/emulator.js';
import { HAS_CHROMIUM, field, submit, useBrowser } from './support/browser.js';

const browser = useBrowser();
const MINUTE = 60_000;

describe.skipIf(!HAS_CHROMIUM)('the page in Chromium: what you can do', () => {
  test('creates a key, which is shown in full once, in an element of role status', async () => {
    const { page, client } = await browser.open('#keys');
    await page.getByRole('button', { name: 'New key' }).click();
    await field(page, 'Name').fill('from the page');
    await field(page, 'Prefix').fill('sk_live');
    await field(page, 'Identity').fill('acme');
    await field(page, 'Permissions').fill('documents.read, documents.list');
    await field(page, 'Credits').fill('3');
    await field(page, 'Meta').fill('{"plan":"pro"}');
    await submit(page, 'Create key');

    const created = page.getByRole('status').filter({ hasText: 'shown only once' });
    const key = (await created.locator('code').textContent()) ?? '';
    expect(key).toMatch(/^sk_live_\w{20,}$/);
    expect(await client.data('keys.verifyKey', { key, permissions: 'documents.list' })).toMatchObject({
      valid: true,
      name: 'from the page',
      credits: 2,
      meta: { plan: 'pro' },
      identity: { externalId: 'acme' },
    });
    await created.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('link', { name: 'Calls' }).click();
    await page.getByRole('button', { name: /keys\.verifyKey, 200 VALID/ }).waitFor();
    expect(await page.content()).not.toContain(key);
  });

  test('a form that the emulator rejects stays open and says why', async () => {
    const { page } = await browser.open('#keys');
    await page.getByRole('button', { name: 'New key' }).click();
    await field(page, 'Prefix').fill('not valid');
    await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click();
    await expect.poll(() => page.getByRole('alert').textContent()).toMatch(/prefix/);
    await field(page, 'Prefix').fill('');
    await field(page, 'Meta').fill('no JSON');
    await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click();
    await expect.poll(() => page.getByRole('alert').textContent()).toMatch(/Meta must be a JSON object/);
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test('disables and enables a key, sets its credits and deletes it', async () => {
    const { page, client, unkey } = await browser.open('#keys');
    const { key } = await unkey.createKey({ name: 'alice' });
    const code = async () => (await client.data('keys.verifyKey', { key })).code;
    await page.getByRole('button', { name: 'Key alice' }).click();
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('cell', { name: 'disabled' }).waitFor();
    expect(await code()).toBe('DISABLED');
    await page.getByRole('button', { name: 'Enable' }).click();
    await page.getByRole('cell', { name: 'active' }).waitFor();
    expect(await code()).toBe('VALID');

    await page.getByRole('button', { name: 'Set credits' }).click();
    await field(page, 'Credits').fill('0');
    await submit(page, 'Set credits');
    await page.getByRole('cell', { name: 'no credits' }).waitFor();
    expect(await code()).toBe('USAGE_EXCEEDED');
    await page.getByRole('button', { name: 'Set credits' }).click();
    await field(page, 'Credits').fill('');
    await submit(page, 'Set credits');
    await page.getByRole('cell', { name: 'unlimited' }).waitFor();

    await page.getByRole('button', { name: 'Delete' }).click();
    await submit(page, 'Delete key');
    await page.getByText('No keys yet.').waitFor();
    expect(await code()).toBe('NOT_FOUND');
  });

  test('creates and deletes APIs, identities, roles and permissions', async () => {
    const { page, client } = await browser.open('#apis');
    const records: [
      section: string,
      one: string,
      label: string,
      value: string,
      row: string,
      empty: string,
    ][] = [
      ['APIs', 'API', 'Name', 'my shop', 'API my shop', 'No APIs yet.'],
      ['Identities', 'identity', 'External ID', 'acme', 'Identity acme', 'No identities yet.'],
      ['Roles', 'role', 'Name', 'reader', 'Role reader', 'No roles yet.'],
      ['Permissions', 'permission', 'Slug', 'a.b', 'Permission a.b', 'No permissions yet.'],
    ];
    const created: string[] = [];
    for (const [section, one, label, value, row, empty] of records) {
      await page.getByRole('link', { name: section }).click();
      await page.getByRole('button', { name: `New ${one}` }).click();
      await field(page, label).fill(value);
      await submit(page, `Create ${one}`);
      await page.getByRole('button', { name: row }).click();
      created.push(await page.locator('.line').innerText());
      await page.getByRole('button', { name: `Delete ${one}` }).click();
      await submit(page, `Delete ${one}`);
      await page.getByText(empty).waitFor();
    }
    expect(created.map((text) => text.split(/\s*\n/)[0])).toEqual(records.map(([, , , , row]) => row));
    expect(await client.data('identities.listIdentities', {})).toEqual([]);
  });

  test('sets and deletes overrides', async () => {
    const { page, client } = await browser.open('#namespaces');
    const limit = { namespace: 'mail', identifier: 'vip-1', limit: 1, duration: MINUTE };
    await client.data('ratelimit.limit', limit);
    await page.getByRole('button', { name: 'Namespace mail' }).click();
    await page.getByRole('button', { name: 'Set override' }).click();
    await field(page, 'Identifier').fill('vip*');
    await field(page, 'Limit').fill('7');
    await submit(page, 'Set override');
    await page.getByRole('listitem').filter({ hasText: '7 per minute' }).waitFor();
    expect(await client.data('ratelimit.limit', limit)).toMatchObject({ limit: 7, success: true });
    await page.getByRole('button', { name: 'Delete the override of vip*' }).click();
    await submit(page, 'Delete vip*');
    await page.getByRole('cell', { name: '0', exact: true }).waitFor();
    expect(await client.data('ratelimit.listOverrides', { namespace: 'mail' })).toEqual([]);
  });

  test('creates a root key, which is shown once; only the one of the start can be copied later', async () => {
    const { page, unkey, client } = await browser.open('#root-keys');
    await page.getByRole('button', { name: 'New root key' }).click();
    await field(page, 'Name').fill('verify only');
    await field(page, 'Permissions').fill('api.*.verify_key');
    await submit(page, 'Create root key');
    const created = page.getByRole('status').filter({ hasText: 'shown only once' });
    const rootKey = (await created.locator('code').textContent()) ?? '';
    expect(rootKey).toMatch(/^unkey_\w{20,}$/);
    const rejected = await client.call(
      'apis.createApi',
      { name: 'mine' },
      { authorization: `Bearer ${rootKey}` },
    );
    expect(rejected.status).toBe(403);
    await created.getByRole('button', { name: 'Done' }).click();

    await page.getByRole('button', { name: 'Root key verify only' }).click();
    await page.getByText('The whole root key was shown once').waitFor();
    expect(await page.content()).not.toContain(rootKey);
    await page.getByRole('button', { name: `Root key ${unkey.rootKey.slice(0, 6)}` }).click();
    await page.getByRole('button', { name: 'Copy root key' }).waitFor();
    expect(await page.getByRole('button', { name: 'Copy root key' }).count()).toBe(1);
  });

  test('adds and clears faults', async () => {
    const { page, client } = await browser.open('#controls');
    await page.getByRole('button', { name: '500', exact: true }).click();
    await page.getByRole('link', { name: '1 fault active' }).waitFor();
    expect((await client.call('keys.verifyKey', { key: 'x' })).status).toBe(500);
    await page.getByRole('button', { name: 'Clear', exact: true }).click();
    await page.getByText('No faults. Every call gets its normal response.').waitFor();
    expect((await client.call('keys.verifyKey', { key: 'x' })).status).toBe(200);

    await page.getByRole('button', { name: 'Another fault' }).click();
    await field(page, 'Kind').selectOption('status');
    await field(page, 'Number').fill('429');
    await field(page, 'Operation').selectOption('keys.whoami');
    await field(page, 'Number of calls').fill('1');
    await submit(page, 'Add fault');
    await page.getByRole('list', { name: 'Active faults' }).getByText('keys.whoami, 1 more').waitFor();
    expect((await client.call('keys.whoami', { key: 'x' })).status).toBe(429);
    await page.getByText('No faults. Every call gets its normal response.').waitFor();

    for (const name of ['Hang', '1 s late']) {
      await page.getByRole('button', { name, exact: true }).click();
    }
    await page.getByRole('link', { name: '2 faults active' }).waitFor();
    await page.getByRole('button', { name: 'Clear all faults' }).click();
    await page.getByText('No faults. Every call gets its normal response.').waitFor();

    await page.getByRole('button', { name: 'Another fault' }).click();
    await field(page, 'Number').fill('99');
    await page.getByRole('dialog').getByRole('button', { name: 'Add fault' }).click();
    await expect.poll(() => page.getByRole('alert').textContent()).toMatch(/status must be an HTTP status/);
  });

  test('moves the clock, and shows where a test moved it to', async () => {
    const { page, unkey } = await browser.open('#controls', { now: NOON });
    await page.getByText('15 May 2030, 12:00:00', { exact: true }).waitFor();
    await page.getByRole('button', { name: '+1 min' }).click();
    await page.getByText('15 May 2030, 12:01:00', { exact: true }).waitFor();
    await page.getByRole('button', { name: '+1 day' }).click();
    await page.getByText('16 May 2030, 12:01:00', { exact: true }).waitFor();
    unkey.clock.advance(60 * MINUTE);
    await page.getByText('16 May 2030, 13:01:00', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Set time' }).click();
    await field(page, 'Time').fill('2031-01-02T03:04:05');
    await submit(page, 'Set time');
    await page.getByText('2 Jan 2031, 03:04:05', { exact: true }).waitFor();
    expect(unkey.clock.now()).toBe(Date.UTC(2031, 0, 2, 3, 4, 5));
    await page.getByRole('button', { name: 'Reset the clock' }).click();
    await page.getByText('15 May 2030, 12:00:00', { exact: true }).waitFor();
    expect(unkey.clock.now()).toBe(NOON);
  });

  test('copies the settings for an app', async () => {
    const { unkey } = await browser.open();
    const page = await browser.visit(`${unkey.url}/`, { permissions: ['clipboard-read', 'clipboard-write'] });
    const copied = () => page.evaluate('navigator.clipboard.readText()');
    await page.getByRole('button', { name: 'Copy both for .env' }).click();
    await page.getByRole('status').filter({ hasText: 'Copied.' }).first().waitFor();
    expect(await copied()).toBe(`UNKEY_BASE_URL=${unkey.url}\nUNKEY_ROOT_KEY=${unkey.rootKey}\n`);
    await page.getByRole('button', { name: 'Copy UNKEY_ROOT_KEY' }).click();
    await expect.poll(copied).toBe(unkey.rootKey);
  });
});
