// Makes the pictures of the emulator's page in docs/images, in light and dark: `npm run screenshots`. Needs Chromium.
// The data, the ids and the times are the same in every run.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { UnkeyEmulator } from '../dist/esm/emulator/index.js';
import { playShop } from './screenshots/shop.mjs';

const folder = fileURLToPath(new URL('../docs/images/', import.meta.url));
const size = { width: 1280, height: 860 };

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
