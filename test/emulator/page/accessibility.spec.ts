import { describe, expect, test } from 'vitest';
import { HAS_CHROMIUM, field, useBrowser } from './support/browser.js';

const browser = useBrowser();
const SECTIONS = [
  'calls',
  'keys',
  'apis',
  'identities',
  'roles',
  'permissions',
  'namespaces',
  'root-keys',
  'controls',
];

const filled = async (unkey: Parameters<NonNullable<Parameters<typeof browser.open>[2]>>[0]) => {
  const long = 'a_very_long_text_without_any_blank_'.repeat(5);
  await unkey.createKey({
    name: long,
    prefix: 'sk_live',
    permissions: [long.slice(0, 120)],
    externalId: long,
  });
  const headers = { authorization: `Bearer ${unkey.rootKey}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ namespace: long, identifier: long, limit: 1, duration: 1000 });
  await fetch(`${unkey.url}/v2/ratelimit.limit`, { method: 'POST', headers, body });
  await fetch(`${unkey.url}/v2/${long}`, { method: 'POST', headers, body });
};

describe.skipIf(!HAS_CHROMIUM)('the page in Chromium: for everybody', () => {
  test('has landmarks, one heading of level 1, and named controls in every section', async () => {
    const { page } = await browser.open('', {}, filled);
    for (const name of ['banner', 'main', 'navigation'] as const) {
      expect(await page.getByRole(name).count()).toBe(1);
    }
    await page.getByRole('navigation', { name: 'Sections' }).waitFor();
    await page.getByRole('region', { name: 'Connect your app' }).waitFor();
    for (const section of SECTIONS) {
      await page.goto(`${new URL(page.url()).origin}/#${section}`);
      await page.locator('nav [aria-current="page"]').waitFor();
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
      const unnamed = page.locator('button:visible, input:visible, select:visible');
      for (const control of await unnamed.all()) {
        expect(await control.ariaSnapshot()).toMatch(/^- '?\w+ "[^"]+"/);
      }
    }
  });

  test('every field of the forms has a label', async () => {
    const { page } = await browser.open('#keys');
    await page.getByRole('button', { name: 'New key' }).click();
    const dialog = page.getByRole('dialog', { name: 'New key' });
    for (const control of await dialog.locator('input, select, textarea').all()) {
      expect(
        await control.evaluate(
          (element) => (element as unknown as { labels: { length: number } }).labels.length,
        ),
      ).toBe(1);
    }
    expect(await field(page, 'Prefix').getAttribute('aria-describedby')).not.toBeNull();
  });

  test('works with the keyboard alone', async () => {
    const { page, unkey } = await browser.open('#keys', {}, async (emulator) => {
      await emulator.createKey({ name: 'alice' });
    });
    await page.getByRole('button', { name: 'Key alice' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content');
    const toggle = page.getByRole('button', { name: 'Key alice' });
    await toggle.focus();
    await page.keyboard.press('Enter');
    expect(await toggle.getAttribute('aria-expanded')).toBe('true');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Disable');
    await page.keyboard.press('Space');
    // The row is drawn again, and the focus stays on the same button.
    await page.getByRole('button', { name: 'Enable' }).waitFor();
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Enable');

    const opener = page.getByRole('button', { name: 'New key' });
    await opener.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.textContent')).toBe('New key');
    expect(unkey.calls).toEqual([]);
  });

  test('says that it is connected, and that it is not', async () => {
    const { page, unkey } = await browser.open();
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    expect(unkey.url).toContain('127.0.0.1');
  });

  test.for([360, 760, 1280])('fits %i pixels in every section, light and dark', async (width) => {
    const { unkey } = await browser.open('', {}, filled);
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.visit(unkey.url, { viewport: { width, height: 740 }, colorScheme });
      for (const section of SECTIONS) {
        await page.goto(`${unkey.url}/#${section}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.locator('.line, .clock, .empty:visible').first().waitFor();
        for (const toggle of await page.locator('.toggle').all()) await toggle.click();
        expect([section, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([
          section,
          width,
        ]);
      }
    }
  });

  test('text has a contrast of 4.5 to 1 in both themes', async () => {
    const { unkey } = await browser.open('', {}, filled);
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.visit(`${unkey.url}/#keys`, { colorScheme });
      await page.locator('.line').first().waitFor();
      for (const selector of [
        '.lead',
        'th',
        '.badge',
        'nav a[aria-current]',
        '.button.primary',
        '.count',
        '.label',
      ]) {
        expect([selector, await contrast(page, selector)]).toEqual([
          selector,
          expect.toSatisfy((one: number) => one >= 4.5),
        ]);
      }
    }
  });

  test('remembers the theme that you choose', async () => {
    const { page } = await browser.open();
    await page.getByRole('button', { name: 'Theme: system' }).click();
    await page.getByRole('button', { name: 'Theme: light' }).click();
    await page.reload();
    await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
    expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe('dark');
  });
});

type Page = Awaited<ReturnType<typeof browser.visit>>;

/** The contrast of an element's text with what is behind it. */
function contrast(page: Page, selector: string): Promise<number> {
  return page.evaluate(`(() => {
    const parsed = (color) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d');
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const luminance = ([r, g, b]) => {
      const [x, y, z] = [r, g, b].map((one) => one / 255).map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const element = document.querySelector(${JSON.stringify(selector)});
    let behind = element;
    while (parsed(getComputedStyle(behind).backgroundColor)[3] < 255) behind = behind.parentElement;
    const [a, b] = [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor].map(parsed).map(luminance);
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  })()`);
}
