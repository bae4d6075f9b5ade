import type { Page } from 'playwright-core';

const blockOf = (page: Page, path: string, method: string) =>
  page.locator(`.opblock-${method}`, { has: page.locator(`[data-path="${path}"]`) });

/** "Try it out". */
export async function tryOut(page: Page, path: string, method = 'get'): Promise<void> {
  await blockOf(page, path, method).locator('.opblock-summary-control').click();
  await blockOf(page, path, method).getByRole('button', { name: 'Try it out' }).click();
}

/** Writes the body of a request. */
export async function fillBody(page: Page, path: string, body: unknown): Promise<void> {
  await blockOf(page, path, 'post').locator('textarea.body-param__text').fill(JSON.stringify(body));
}

/** "Execute", then "Clear": the status and the body that Swagger UI shows in between. */
export async function execute(
  page: Page,
  path: string,
  method = 'get',
): Promise<{ status: string; body: unknown }> {
  const block = blockOf(page, path, method);
  await block.getByRole('button', { name: 'Execute' }).click();
  const live = block.locator('.live-responses-table .response');
  const body = await live.locator('.response-col_description code').first().textContent();
  const status = await live.locator('.response-col_status').first().textContent();
  await block.getByRole('button', { name: 'Clear' }).click();
  return { status: status?.trim() ?? '', body: JSON.parse(body ?? 'null') };
}

/** "Authorize" with a key, in the dialog of one scheme. */
export async function authorize(page: Page, scheme: string, key: string): Promise<void> {
  await page.locator('.auth-wrapper .btn.authorize').first().click();
  const dialog = page.locator('.modal-ux');
  const form = dialog.locator('form', { hasText: scheme });
  await form.locator('input').fill(key);
  await form.locator('button[type=submit]').click();
  await dialog.getByRole('button', { name: 'Close' }).first().click();
}
