import { Controller, Get } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { Public, RequirePermissions, UnkeyKey, UnkeyModule } from 'nestjs-unkey';
import { describeUnkey } from 'nestjs-unkey/swagger';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, startApp, type Adapter } from '../support/app.js';
import { hasChromium, useChromium } from '../support/chromium.js';
import { authorize, execute, tryOut } from '../support/swagger-ui.js';
import { useUnkey } from '../support/unkey.js';

@Controller('documents')
class DocumentsController {
  @RequirePermissions('documents.read')
  @Get()
  list(@UnkeyKey('identity.externalId') user: string) {
    return { user };
  }

  @Public()
  @Get('open')
  open() {
    return { ok: true };
  }
}

const server = useUnkey();
const chromium = useChromium();

/** An app that shows its own document with Swagger UI at `/docs`, as the docs say. */
const startDocs = (adapter: Adapter) =>
  startApp(
    adapter,
    {
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true })],
      controllers: [DocumentsController],
    },
    (app) =>
      SwaggerModule.setup('docs', app, () =>
        describeUnkey(app, SwaggerModule.createDocument(app, new DocumentBuilder().build())),
      ),
  );

describe.skipIf(!hasChromium).each(ADAPTERS)('Swagger UI in Chromium, on %s', (adapter) => {
  it.each(['unkey-x-api-key', 'unkey-bearer'])(
    'sends the key of %s, and is told who calls',
    async (scheme) => {
      const { url } = await startApp(
        adapter,
        {
          imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true })],
          controllers: [DocumentsController],
        },
        (app) =>
          SwaggerModule.setup('docs', app, () =>
            describeUnkey(app, SwaggerModule.createDocument(app, new DocumentBuilder().build())),
          ),
      );
      const { key } = await server.unkey.createKey({ externalId: 'alice', permissions: ['documents.read'] });
      const { page, errors } = await chromium.newPage();
      await page.goto(`${url}/docs`);
      await tryOut(page, '/documents/open');
      await tryOut(page, '/documents');
      expect(await execute(page, '/documents/open')).toEqual({ status: '200', body: { ok: true } });
      expect(await execute(page, '/documents')).toMatchObject({
        status: '401',
        body: { code: 'MISSING_KEY' },
      });
      await authorize(page, scheme, key);
      expect(await execute(page, '/documents')).toEqual({ status: '200', body: { user: 'alice' } });
      expect(errors).toEqual([]);
    },
  );

  it('has a lock on operations that need a key, and none on public ones', async () => {
    const { url } = await startDocs(adapter);
    const { page } = await chromium.newPage();
    await page.goto(`${url}/docs`);
    await page.locator('.opblock').first().waitFor();
    const locked = await page
      .locator('.opblock')
      .evaluateAll((blocks) =>
        blocks.map((block) => [
          block.querySelector('[data-path]')?.getAttribute('data-path'),
          block.querySelector('.authorization__btn') !== null,
        ]),
      );
    expect(Object.fromEntries(locked)).toEqual({ '/documents': true, '/documents/open': false });
  });
});
