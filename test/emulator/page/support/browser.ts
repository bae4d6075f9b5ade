import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { UnkeyEmulator, type EmulatorOptions } from 'nestjs-unkey/emulator';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type Client, clientOf } from '../../support/client.js';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Tests that need Chromium are skipped by name on machines without it. */
export const HAS_CHROMIUM = existsSync(CHROMIUM);

/** An emulator and its page in a browser. */
export interface OpenPage {
  readonly unkey: UnkeyEmulator;
  readonly client: Client;
  readonly page: Page;
}

/**
 * One browser for a test file. At the end of each test, the console must be empty and every request must have gone to the
 * emulator.
 */
export function useBrowser() {
  let browser: Browser | undefined;
  let cleanups: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    if (!HAS_CHROMIUM) return;
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });
  afterAll(() => browser?.close());

  return {
    /** Opens the page of a new emulator. */
    async open(
      address = '',
      options: EmulatorOptions = {},
      fill?: (unkey: UnkeyEmulator) => Promise<unknown>,
    ) {
      const unkey = await UnkeyEmulator.start(options);
      cleanups.push(() => unkey.close());
      await fill?.(unkey);
      const page = await this.visit(`${unkey.url}/${address}`);
      return { unkey, client: clientOf(unkey), page };
    },
    /** Opens an address. */
    async visit(url: string, context?: Parameters<Browser['newContext']>[0]): Promise<Page> {
      if (!browser) throw new Error('There is no Chromium.');
      const own: BrowserContext = await browser.newContext({ timezoneId: 'UTC', ...context });
      const page = await own.newPage();
      const faults: string[] = [];
      page.on('console', (message) => faults.push(`console: ${message.text()}`));
      page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
      page.on('dialog', (dialog) => {
        faults.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on('request', (request) => {
        if (!request.url().startsWith(`${new URL(url).origin}/`) && !request.url().startsWith('data:')) {
          faults.push(`foreign request: ${request.url()}`);
        }
      });
      cleanups.push(async () => {
        await own.close();
        expect(faults).toEqual([]);
      });
      await page.goto(url);
      return page;
    },
  };
}

/** A field of the open dialog. */
export function field(page: Page, label: string) {
  return page.getByRole('dialog').getByLabel(label, { exact: true });
}

/** Presses a button of the open dialog and waits until the dialog is closed. */
export async function submit(page: Page, label: string): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: label, exact: true }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}
