// Opens every page of the built site in headless Chromium. Fails on console errors, requests to other hosts, sideways
// scrolling on a phone, dead links and anchors, and if search or dark mode does not work.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { deadLinks, inspectPage } from './site/inspect-page.mjs';
import { serve } from './site/static-server.mjs';

const DIST = fileURLToPath(new URL('../docs/.vitepress/dist/', import.meta.url));
const PHONE = { width: 360, height: 740 };
const DESKTOP = { width: 1280, height: 900 };

/** Only a page that hangs reaches it, in ms. */
const TIMEOUT = 120_000;

const { screenshots, chromium: executablePath } = parseArgs({
  options: {
    /** A folder for screenshots of some pages. */
    screenshots: { type: 'string' },
    chromium: { type: 'string', default: process.env.CHROMIUM ?? '/usr/bin/chromium' },
  },
}).values;

if (!existsSync(`${DIST}index.html`)) fail(['There is no built site: run npm run docs:build first.']);
if (!existsSync(executablePath)) {
  console.log(`SKIPPED: the check of the site needs Chromium, and there is none at ${executablePath}.`);
  process.exit(0);
}
const paths = pagePaths();
const site = await serve(DIST);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  const faults = [...(await checkPages()), ...(await checkSearch()), ...(await checkDarkMode())];
  if (screenshots !== undefined) await takeScreenshots(screenshots);
  if (faults.length > 0) fail(faults);
  else console.log(`${paths.length} pages: no fault found.`);
} finally {
  await browser.close();
  site.close();
}

async function newContext(options) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(TIMEOUT);
  return context;
}

function pagePaths() {
  return readdirSync(DIST, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.html') && file !== '404.html')
    .map((file) => `/${file.replace(/(^|\/)index\.html$/, '$1').replace(/\.html$/, '')}`)
    .toSorted();
}

async function checkPages() {
  const context = await newContext({ viewport: PHONE });
  const page = await context.newPage();
  const seen = new Map();
  for (const path of paths) seen.set(path, await inspectPage(page, site.origin, path));
  await context.close();
  return [
    ...[...seen].flatMap(([path, { faults }]) => faults.map((fault) => `${path}: ${fault}`)),
    ...deadLinks(seen, site.origin),
  ];
}

async function checkSearch() {
  const context = await newContext({ viewport: DESKTOP });
  const page = await context.newPage();
  await page.goto(site.origin, { waitUntil: 'networkidle' });
  await page.locator('#local-search button').first().click();
  await page.locator('#localsearch-input').fill('revocation');
  const hit = page.locator('#localsearch-list a[href*="/caching"]').first();
  const found = await hit.waitFor().then(
    () => true,
    () => false,
  );
  await context.close();
  return found ? [] : ['search: "revocation" does not find the page about caching'];
}

async function checkDarkMode() {
  const colours = async (colorScheme) => {
    const context = await newContext({ viewport: DESKTOP, colorScheme });
    const page = await context.newPage();
    await page.goto(`${site.origin}/getting-started`, { waitUntil: 'networkidle' });
    const [background, code] = await page.evaluate(() =>
      [document.body, document.querySelector('pre code span span')].map((element) => {
        const style = getComputedStyle(element);
        return element === document.body ? style.backgroundColor : style.color;
      }),
    );
    await context.close();
    return { page: background, code };
  };
  const [light, dark] = [await colours('light'), await colours('dark')];
  return light.page === dark.page || light.code === dark.code
    ? [`dark mode: page and code have the colours of the light one: ${JSON.stringify({ light, dark })}`]
    : [];
}

async function takeScreenshots(folder) {
  mkdirSync(folder, { recursive: true });
  const views = {
    phone: { viewport: PHONE },
    light: { viewport: DESKTOP },
    dark: { viewport: DESKTOP, colorScheme: 'dark' },
  };
  for (const [name, options] of Object.entries(views)) {
    const context = await newContext(options);
    const page = await context.newPage();
    for (const path of paths.filter((path) => !path.startsWith('/api'))) {
      await page.goto(site.origin + path, { waitUntil: 'networkidle' });
      await page.screenshot({ path: `${folder}/${path.slice(1) || 'index'}-${name}.png` });
    }
    await context.close();
  }
}

function fail(faults) {
  console.error(faults.join('\n'));
  process.exitCode = 1;
}
