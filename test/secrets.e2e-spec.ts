import { inspect } from 'node:util';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import {
  UNKEY_CLIENT,
  UNKEY_OPTIONS,
  UNKEY_RESOLVED_OPTIONS,
  UNKEY_VERIFIER,
  UnkeyGuard,
  UnkeyModule,
  UnkeyService,
  isUnkeyException,
} from 'nestjs-unkey';
import type { Fault } from 'nestjs-unkey/testing';
import { describe, expect, it } from 'vitest';
import { startApp } from './support/app.js';
import { AMPLE } from './support/deadline.js';
import { useUnkey } from './support/unkey.js';

const CALLERS_KEY = 'callers_secret_key';

/** Everything that a debugger, a logger or an error reporter may print of a value. */
function printed(value: unknown): string {
  const shown = [
    inspect(value, { depth: 12 }),
    inspect(value, { depth: 12, showHidden: true }),
    String(value),
  ];
  try {
    shown.push(JSON.stringify(value) ?? '');
  } catch {
    // Circular: nothing that prints JSON could print it either.
  }
  if (value instanceof Error) shown.push(value.stack ?? '', value.message, printed(value.cause));
  return shown.join('\n');
}

/** Only a fault that never answers is ended by the deadline. */
const deadlineOf = (fault: Fault) => ('hang' in fault ? 100 : AMPLE);

@Controller()
class AppController {
  @Get()
  @UseGuards(UnkeyGuard)
  read() {
    return 'ok';
  }
}

describe('no secret is printed', () => {
  const server = useUnkey();
  const start = (timeout = AMPLE) =>
    startApp('fastify', {
      imports: [UnkeyModule.forRootAsync({ useFactory: () => ({ ...server.options, timeout }) })],
      controllers: [AppController],
    });

  it.each([UNKEY_OPTIONS, UNKEY_RESOLVED_OPTIONS, UNKEY_CLIENT, UNKEY_VERIFIER, UnkeyService, UnkeyGuard])(
    'by what the module provides: %s',
    async (token) => {
      const { app } = await start();
      const provided: unknown = app.get(token, { strict: false });
      expect(provided).toBeDefined();
      expect(printed(provided)).not.toContain(server.unkey.rootKey);
    },
  );

  it('by what holds a client that the user made', async () => {
    const { Unkey: Client } = await import('@unkey/api');
    const client = new Client({ rootKey: server.unkey.rootKey, serverURL: server.unkey.url });
    const { app } = await startApp('express', { imports: [UnkeyModule.forRoot({ client })] });
    for (const token of [UnkeyService, UnkeyGuard, UNKEY_RESOLVED_OPTIONS, UNKEY_OPTIONS]) {
      expect(printed(app.get(token, { strict: false }))).not.toContain(server.unkey.rootKey);
    }
  });

  it('by any provider in the container, and by one registered with forRoot', async () => {
    const { app } = await startApp('express', { imports: [UnkeyModule.forRoot(server.options)] });
    const modules = [...app.get(ModulesContainer).values()];
    const providers = modules.flatMap((module) => [...module.providers.values()]);
    expect(providers.length).toBeGreaterThan(10);
    for (const { instance } of providers) {
      expect(inspect(instance, { depth: 4 })).not.toContain(server.unkey.rootKey);
    }
  });

  const faults: [string, Fault][] = [
    ...[400, 401, 403, 404, 412, 429, 500].map((status): [string, Fault] => [String(status), { status }]),
    ['hang', { hang: true }],
    ['reset', { reset: 'before' }],
    ['garbage', { garbage: true }],
    ['truncate', { truncate: true }],
    ['another form', { body: { key: CALLERS_KEY } }],
  ];

  it.each(faults)('by what UnkeyService.verify() throws: %s', async (_, fault) => {
    const { app, log } = await start(deadlineOf(fault));
    server.unkey.fail(fault);
    const error: unknown = await app
      .get(UnkeyService)
      .verify(CALLERS_KEY)
      .catch((thrown: unknown) => thrown);
    expect(isUnkeyException(error)).toBe(true);
    expect(printed(error) + JSON.stringify(log.lines)).not.toContain(server.unkey.rootKey);
    expect(printed(error) + JSON.stringify(log.lines)).not.toContain(CALLERS_KEY);
  });

  it.each(faults.filter(([name]) => name !== 'another form'))(
    'by what the injected client of the SDK throws: %s',
    async (_, fault) => {
      const { app } = await start();
      server.unkey.fail(fault);
      const error: unknown = await app
        .get(UnkeyService)
        .client.keys.getKey(
          { keyId: 'key_1' },
          { retries: { strategy: 'none' }, timeoutMs: deadlineOf(fault) },
        )
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      expect(printed(error)).not.toContain(server.unkey.rootKey);
    },
  );

  it('by the request that a guard has seen', async () => {
    let seen: unknown;
    const { get } = await startApp('express', {
      imports: [
        UnkeyModule.forRoot({
          ...server.options,
          globalGuard: true,
          skipIf: (context) => ((seen = context.switchToHttp().getRequest()), false),
        }),
      ],
      controllers: [AppController],
    });
    const { key } = await server.unkey.createKey({});
    await get('/', { 'x-api-key': key });
    const request = seen as Record<symbol, unknown>;
    const state = request[Symbol.for('nestjs-unkey:request')];
    expect(state).toBeDefined();
    expect(printed(state)).not.toContain(key);
    const line = /\[Symbol\(nestjs-unkey:request\)\]: (.*?),?$/m.exec(inspect(request, { depth: 10 }));
    expect(line?.[1]).toBe('SharedState {}');
  });
});
