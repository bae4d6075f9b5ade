import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';

const EXECUTABLE = '/usr/bin/chromium';

/** Whether this machine has a Chromium to start; tests that need one are skipped by name where it has none. */
export const hasChromium = existsSync(EXECUTABLE);

/** How long a page may take for anything, in ms. Only a page that hangs reaches it. */
const TIMEOUT = 60_000;

/** A headless Chromium for all tests of a file. */
export function useChromium(): {
  /** Opens an empty page that is closed when the test has ended, and collects its errors. */
  newPage: () => Promise<{ page: Page; errors: string[] }>;
} {
  let browser: Browser | undefined;
  beforeAll(async () => {
    // Root may start Chromium only without its sandbox.
    if (hasChromium) browser = await chromium.launch({ executablePath: EXECUTABLE, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());
  return {
    async newPage() {
      if (browser === undefined) throw new Error(`there is no ${EXECUTABLE}`);
      const context = await browser.newContext();
      onTestFinished(() => context.close());
      const page = await context.newPage();
      page.setDefaultTimeout(TIMEOUT);
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      return { page, errors };
    },
  };
}
