// Makes the pictures of the emulator's page in docs/images, in light and dark: `npm run screenshots`. Needs Chromium.
// The pictures are the same in every run: the clock of the emulator is frozen, and what is random or measured is replaced.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { UnkeyEmulator } from '../dist/esm/emulator/index.js';
import { playShop } from './screenshots/shop.mjs';

const folder = fileURLToPath(new URL('../docs/images/', import.meta.url));
const size = { width: 1280, height: 940 };

/** Replaces random ids and keys with fixed ones, in the order in which they occur, and durations with 0.2 ms. */
function fixed() {
  const names = new Map();
  const nameOf = (text) => {
    if (!names.has(text)) names.set(text, (7_340_033 * (names.size + 11)).toString(36).slice(-4));
    return names.get(text);
  };
  return (json) =>
    json
      .replace(
        /\b((?:api|id|key|ks|perm|req|rl|rlns|rlor|role)_)([A-Za-z0-9]{9})\b/g,
        (_, kind, id) => kind + nameOf(id),
      )
      .replace(/\b(sk_live_)(\w{4})…/g, (_, prefix, start) => `${prefix}${nameOf(start)}…`)
      .replace(/"ms":[\d.e-]+/g, '"ms":0.2');
}

mkdirSync(folder, { recursive: true });
const unkey = await UnkeyEmulator.start({
  port: 7070,
  rootKey: 'unkey_dev_root_key',
  now: Date.UTC(2030, 4, 15, 12),
});
await playShop(unkey);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
for (const colorScheme of ['light', 'dark']) {
  const context = await browser.newContext({
    viewport: size,
    colorScheme,
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const replace = fixed();
  await page.route(/_emulator\/(?:state|calls)/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: replace(await response.text()) });
  });
  await page.goto(`${unkey.url}/`);
  await page.getByRole('button', { name: /INSUFFICIENT_PERMISSIONS/ }).click();
  await page.getByRole('region', { name: 'Answer' }).waitFor();
  await page.mouse.move(0, 0);
  const name = colorScheme === 'light' ? 'emulator-page.png' : 'emulator-page-dark.png';
  await page.screenshot({ path: `${folder}${name}` });
  console.log(`docs/images/${name}`);
}
await browser.close();
await unkey.close();
