import { beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, useChromium } from '../support/chromium.js';
import { authorize, execute, fillBody, tryOut } from '../support/swagger-ui.js';
import { compileSample, killSamplesAfterwards, printedCalls, startSample } from './support/sample.js';

killSamplesAfterwards();
beforeAll(compileSample);
const chromium = useChromium();

describe.skipIf(!hasChromium)("the sample app's Swagger UI in Chromium", () => {
  test('sends the key that was authorized, and shows the body that a request needs', async () => {
    const sample = await startSample();
    const { page, errors } = await chromium.newPage();
    await page.goto(`${sample.url}/docs`);
    await tryOut(page, '/keys');
    expect(await execute(page, '/keys')).toMatchObject({ status: '401', body: { code: 'MISSING_KEY' } });

    const own = printedCalls(sample.text()).find(({ what }) => what === 'list your own keys');
    await authorize(page, 'unkey-x-api-key', own?.init.headers.get('x-api-key') ?? '');
    expect(await execute(page, '/keys')).toMatchObject({
      status: '200',
      body: { keys: expect.arrayContaining([expect.objectContaining({ name: 'Manager' })]) },
    });

    await tryOut(page, '/keys', 'post');
    const example = await page.locator('textarea.body-param__text').inputValue();
    expect(Object.keys(JSON.parse(example))).toEqual(['name', 'permissions', 'expiresInDays']);
    await fillBody(page, '/keys', { name: 'By hand', permissions: ['documents.read'] });
    expect(await execute(page, '/keys', 'post')).toMatchObject({
      status: '201',
      body: { key: expect.stringMatching(/^docs_/) },
    });
    expect(errors).toEqual([]);
  });
});
