import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { Controller, Get } from '@nestjs/common';
import type * as Package from 'nestjs-unkey';
import type * as Otel from 'nestjs-unkey/otel';
import { UnkeyEmulator } from 'nestjs-unkey/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startTelemetry } from '../otel/support/telemetry.js';
import { startApp } from '../support/app.js';
import { AMPLE } from '../support/deadline.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const require = createRequire(import.meta.url);

/** The packages that importing an entry point loads, in a process of its own. */
function loadedBy(entry: string): unknown {
  const script = `require('${entry}');
    const names = Object.keys(require.cache).map((file) => /node_modules.((?:@[^/]+.)?[^/]+)/.exec(file)?.[1] ?? 'nestjs-unkey');
    console.log(JSON.stringify([...new Set(names)]));`;
  return JSON.parse(execFileSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' }));
}

describe('nestjs-unkey/otel as it is built', () => {
  it('loads @opentelemetry/api and nothing else, so it can be imported before Nest', () => {
    expect(loadedBy('nestjs-unkey/otel')).toEqual(['nestjs-unkey', '@opentelemetry/api']);
  });

  it.each(['nestjs-unkey', 'nestjs-unkey/testing'])('%s loads nothing of OpenTelemetry', (entry) => {
    expect(loadedBy(entry)).toContain('@nestjs/common');
    expect(JSON.stringify(loadedBy(entry))).not.toContain('@opentelemetry');
  });

  it.each(['cjs', 'esm'])(
    'traces apps of the other copy of the package in the process: %s',
    async (format) => {
      const esm = (await import(/* @vite-ignore */ `${ROOT}dist/esm/index.js`)) as typeof Package;
      const cjs = require(`${ROOT}dist/cjs/index.js`) as typeof Package;
      const esmOtel = (await import(/* @vite-ignore */ `${ROOT}dist/esm/otel/index.js`)) as typeof Otel;
      const cjsOtel = require(`${ROOT}dist/cjs/otel/index.js`) as typeof Otel;
      const [{ UnkeyModule }, { UnkeyInstrumentation }] = format === 'cjs' ? [esm, cjsOtel] : [cjs, esmOtel];
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
      onTestFinished(() => context.disable());
      const unkey = await UnkeyEmulator.start();
      onTestFinished(() => unkey.close());
      const telemetry = startTelemetry(new UnkeyInstrumentation({ enabled: false }));

      @Controller()
      class AppController {
        @Get()
        read() {
          return 'handler';
        }
      }
      const { get } = await startApp('fastify', {
        imports: [
          UnkeyModule.forRoot({
            rootKey: unkey.rootKey,
            baseUrl: unkey.url,
            timeout: AMPLE,
            globalGuard: true,
          }),
        ],
        controllers: [AppController],
      });
      const { key, keyId } = await unkey.createKey({});
      expect((await get('/', { 'x-api-key': key })).status).toBe(200);
      const [span] = telemetry.spans();
      expect(span?.attributes).toMatchObject({ 'unkey.code': 'VALID', 'unkey.key.id': keyId });
      expect(telemetry.requests().map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([
        span?.spanContext().spanId,
      ]);
    },
  );
});
