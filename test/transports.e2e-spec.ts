import { Injectable, UseGuards } from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core';
import { UnkeyGuard, UnkeyModule } from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { startApp } from './support/app.js';
import { useUnkey } from './support/unkey.js';

/** What Nest calls for messages, queries and events: a handler outside its HTTP router. */
@UseGuards(UnkeyGuard)
@Injectable()
class Handlers {
  read() {
    return 'handler';
  }
}

describe('a kind of request that the guard does not know', () => {
  const server = useUnkey();

  it.each(['rpc', 'rmq', 'necord'])('%s is refused, and it says so', async (type) => {
    const { app } = await startApp('express', {
      imports: [UnkeyModule.forRoot(server.options)],
      providers: [Handlers],
    });
    const handlers = app.get(Handlers);
    const call = app.get(ExternalContextCreator).create(
      handlers,
      // oxlint-disable-next-line typescript/unbound-method -- Nest binds it
      handlers.read,
      'read',
      undefined,
      undefined,
      undefined,
      undefined,
      { guards: true, interceptors: false, filters: false },
      type,
    );
    const { key } = await server.unkey.createKey({});
    await expect(call({ headers: { 'x-api-key': key } }, {})).rejects.toThrow(
      `UnkeyGuard cannot verify requests of type "${type}", so it refuses them (Handlers.read).`,
    );
    expect(server.unkey.calls).toHaveLength(0);
  });
});
