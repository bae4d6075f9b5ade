import { request } from 'node:http';
import { createRequire } from 'node:module';
import { UnkeyEmulator } from 'nestjs-unkey/emulator';
import { describe, expect, test } from 'vitest';
import { PageCalls } from '../../../src/emulator/page/page-calls.js';
import { HAS_CHROMIUM, useBrowser } from './support/browser.js';

const browser = useBrowser();

describe.skipIf(!HAS_CHROMIUM)('the page in Chromium: much data', () => {
  test('10,000 keys are shown in pages and searched', async () => {
    const { page, unkey } = await browser.open('#keys', {}, async (emulator) => {
      for (let i = 0; i < 10_000; i++) await emulator.createKey({ name: `number ${i}` });
    });
    await page.getByText('1–50 of 10,000').waitFor();
    expect(await page.locator('.line').count()).toBe(50);
    await page.getByRole('button', { name: 'Older' }).click();
    await page.getByText('51–100 of 10,000').waitFor();
    await page.getByRole('searchbox').fill('number 77');
    await page.getByText('1–50 of 111').waitFor();
    const { key } = await unkey.createKey({ name: 'exact' });
    await page.getByRole('searchbox').fill(key);
    await page.getByText('1–1 of 1', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Key exact' }).waitFor();
  });

  test('thousands of calls: the page refreshes at most ten times a second, and still responds', async () => {
    const { page, client } = await browser.open();
    const asked: number[] = [];
    page.on('request', (one) => {
      if (one.url().includes('/_emulator/state')) asked.push(performance.now());
    });
    let stop = false;
    let done = 0;
    const caller = async (): Promise<void> => {
      while (!stop) {
        await client.call('keys.verifyKey', { key: `sk_unknown_${done++}` });
      }
    };
    const callers = Array.from({ length: 8 }, caller);
    try {
      await expect.poll(() => done).toBeGreaterThan(3000);
      await page
        .getByRole('button', { name: /NOT_FOUND/ })
        .first()
        .click();
      await page.getByRole('region', { name: 'Request' }).waitFor();
      await page.getByRole('link', { name: /^Keys/ }).click();
      await page.getByText('No keys yet.').waitFor();
      await page.getByRole('link', { name: /^Calls/ }).click();
      await expect.poll(() => done).toBeGreaterThan(5000);
    } finally {
      stop = true;
      await Promise.all(callers);
    }
    // Counted by the time that passed, so that a busy machine only makes it fewer.
    const seconds = ((asked.at(-1) ?? 0) - (asked[0] ?? 0)) / 1000;
    expect(asked.length).toBeLessThanOrEqual(10 * seconds + 2);
    expect(asked.length).toBeGreaterThan(2);
    expect(await page.locator('.line').count()).toBe(50);
  });
});

describe('server-sent events', () => {
  test('carry no data, come at most ten times a second, and end with close()', async () => {
    const unkey = await UnkeyEmulator.start();
    let text = '';
    const ended = new Promise<void>((resolve) => {
      request(`${unkey.url}/_emulator/events`, (response) => {
        response.on('data', (chunk) => (text += String(chunk)));
        response.on('error', () => undefined);
        response.on('close', resolve);
      }).end();
    });
    await expect.poll(() => text).not.toBe('');
    const begin = performance.now();
    for (let i = 0; i < 200; i++) {
      await unkey.createKey();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const first = text.length;
    await expect.poll(() => text.length).toBeGreaterThanOrEqual(first);
    const elapsed = performance.now() - begin;
    await unkey.close();
    await ended;
    const events = text.split('\n\n').filter((event) => event !== '');
    expect(new Set(events)).toEqual(new Set(['event: changed\ndata:']));
    expect(events.length).toBeLessThanOrEqual(2 + elapsed / 100);
  });
});

describe('the calls that the page keeps', () => {
  const call = (text: string, body = '') =>
    ({
      operation: 'keys.verifyKey',
      request: { method: 'POST', url: '/v2/keys.verifyKey', headers: {} },
      text,
      at: 0,
      reply: { status: 200, headers: {}, body },
      ms: 0,
      fault: undefined,
    }) as unknown as Parameters<PageCalls['add']>[0];

  test('are the latest 200', () => {
    const calls = new PageCalls();
    for (let i = 1; i <= 1500; i++) calls.add(call(String(i)));
    expect(calls.kept).toHaveLength(200);
    expect(calls.kept[0]?.request.text).toBe('1301');
    expect(calls.find(1500)?.request.text).toBe('1500');
    expect(calls.find(1300)).toBeUndefined();
  });

  test('have only the beginning of long bodies, and bounded text in total', () => {
    const calls = new PageCalls();
    for (let i = 0; i < 1000; i++) calls.add(call('x'.repeat(50_000), 'y'.repeat(50_000)));
    expect(calls.kept[0]?.request).toMatchObject({ length: 50_000 });
    const characters = calls.kept.reduce(
      (sum, one) => sum + one.request.text.length + one.answer.text.length,
      0,
    );
    expect(characters).toBeLessThanOrEqual(8 * 1024 * 1024);
    expect(calls.kept).toHaveLength(200);
    expect(calls.find(1000)?.id).toBe(1000);
  });

  test('are none with page: false, and none after reset()', async () => {
    await using unkey = await UnkeyEmulator.start();
    await fetch(`${unkey.url}/v2/liveness`);
    const count = async () => {
      const response = await fetch(`${unkey.url}/_emulator/state`);
      const state: { overview: { counts: { calls: number } } } = JSON.parse(await response.text());
      return state.overview.counts.calls;
    };
    expect(await count()).toBe(1);
    unkey.reset();
    expect(await count()).toBe(0);
  });
});

test('nothing of the page is loaded until a browser requests it', async () => {
  const require = createRequire(import.meta.url);
  const built: { UnkeyEmulator: typeof UnkeyEmulator } = require('../../../dist/cjs/emulator/index.js');
  const loaded = () => Object.keys(require.cache).filter((file) => /serve-page|page-files/.test(file)).length;
  await using unkey = await built.UnkeyEmulator.start();
  await fetch(`${unkey.url}/v2/liveness`);
  expect(loaded()).toBe(0);
  const page = await fetch(unkey.url, { headers: { accept: 'text/html' } });
  expect(await page.text()).toContain('Unkey emulator');
  expect(loaded()).toBe(2);
});
