import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Dispatcher, Pool } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Deadline } from '../deadline.js';
import { DispatchQueue } from './dispatch-queue.js';

// No test may depend on a connection attempt that times out.
const NEVER = 600_000;

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Accepts TCP connections and sends nothing, so a TLS handshake never ends. */
async function silentServer() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
  const origin = `https://127.0.0.1:${await portOf(server)}`;
  return { origin, sockets, close: () => sockets.splice(0).forEach((socket) => socket.destroy()) };
}

/** Responds when the test calls `respond()`. */
async function manualServer() {
  const received: string[] = [];
  const responses: ServerResponse[] = [];
  const server = createHttpServer((request, response) => {
    received.push(request.url ?? '');
    responses.push(response);
  });
  onTestFinished(() => server.closeAllConnections());
  return {
    origin: `http://127.0.0.1:${await portOf(server)}`,
    received,
    respond: () => responses.shift()?.end('{}'),
  };
}

function start(origin: string, limit: number, dispatcher?: Dispatcher) {
  const pool = new Pool(origin, { connections: limit, connectTimeout: NEVER });
  onTestFinished(() => pool.destroy());
  const queue = new DispatchQueue(dispatcher ?? pool, limit);
  const send = (path = '/') => {
    const deadline = new Deadline();
    const response = queue.send({ origin, path, method: 'POST', body: '{}' }, deadline);
    // A test may await the response later than it is rejected.
    response.catch(() => undefined);
    return { response, cancel: () => deadline.expire(new Error('cancelled')) };
  };
  return { pool, queue, send };
}

describe('while connection attempts hang', () => {
  it('cancelled requests leave nothing in the queue of the pool', async () => {
    const { origin, sockets } = await silentServer();
    const { pool, send } = start(origin, 4);
    for (let round = 0; round < 3; round++) {
      const calls = Array.from({ length: 100 }, () => send());
      await expect.poll(() => sockets.length).toBe(4);
      for (const { cancel } of calls) cancel();
      for (const { response } of calls) await expect(response).rejects.toThrow('cancelled');
      expect(pool.stats).toMatchObject({ queued: 0, pending: 4, running: 0 });
    }
  });

  it('a waiting request is dispatched when a connection attempt has ended', async () => {
    const { origin, sockets, close } = await silentServer();
    const { pool, send } = start(origin, 4);
    const hanging = Array.from({ length: 4 }, () => send());
    await expect.poll(() => sockets.length).toBe(4);
    for (const { cancel } of hanging) cancel();
    const waiting = send();
    close();
    await expect.poll(() => sockets.length).toBe(1);
    expect(pool.stats).toMatchObject({ queued: 0, pending: 1 });
    close();
    await expect(waiting.response).rejects.toMatchObject({ name: 'ConnectionError', sent: false });
    expect(pool.stats).toMatchObject({ queued: 0, pending: 0 });
  });
});

describe('requests beyond the limit', () => {
  it('are sent first in, first out', async () => {
    const { origin, received, respond } = await manualServer();
    const { send } = start(origin, 1);
    const calls = ['/a', '/b', '/c'].map((path) => send(path));
    for (const [index, call] of calls.entries()) {
      await expect.poll(() => received.length).toBe(index + 1);
      respond();
      expect(await call.response).toMatchObject({ status: 200 });
    }
    expect(received).toEqual(['/a', '/b', '/c']);
  });

  it('are not sent if they were cancelled while they waited', async () => {
    const { origin, received, respond } = await manualServer();
    const { send } = start(origin, 1);
    const [first, second, third] = [send('/a'), send('/b'), send('/c')];
    await expect.poll(() => received.length).toBe(1);
    second.cancel();
    await expect(second.response).rejects.toThrow('cancelled');
    respond();
    await first.response;
    await expect.poll(() => received.length).toBe(2);
    respond();
    await third.response;
    expect(received).toEqual(['/a', '/c']);
  });

  it('are sent when a request in flight is cancelled', async () => {
    const { origin, received, respond } = await manualServer();
    const { send } = start(origin, 1);
    const [first, second] = [send('/a'), send('/b')];
    await expect.poll(() => received.length).toBe(1);
    first.cancel();
    await expect.poll(() => received.length).toBe(2);
    respond();
    respond();
    expect(await second.response).toMatchObject({ status: 200 });
  });
});

describe("a user's dispatcher", () => {
  class Silent extends Dispatcher {
    dispatched = 0;
    override dispatch(_: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
      const nothing = () => undefined;
      this.dispatched += 1;
      handler.onRequestStart?.(
        { aborted: false, paused: false, reason: null, abort: nothing, pause: nothing, resume: nothing },
        {},
      );
      return true;
    }
  }
  class Throwing extends Dispatcher {
    override dispatch(): boolean {
      throw Object.assign(new Error('no proxy'), { code: 'ENOPROXY' });
    }
  }

  it('that throws fails only that request', async () => {
    const { send } = start('http://localhost', 1, new Throwing());
    for (let n = 0; n < 3; n++) {
      await expect(send().response).rejects.toMatchObject({ code: 'ENOPROXY', sent: false });
    }
  });

  it('that reports nothing after an abort does not block later requests', async () => {
    const dispatcher = new Silent();
    const { send } = start('http://localhost', 1, dispatcher);
    for (let n = 1; n <= 3; n++) {
      const { response, cancel } = send();
      expect(dispatcher.dispatched).toBe(n);
      cancel();
      await expect(response).rejects.toThrow('cancelled');
    }
  });
});

describe('closing', () => {
  it('waits for all requests whose caller waits, in flight or in the queue, and rejects new ones', async () => {
    const { origin, received, respond } = await manualServer();
    const { queue, send } = start(origin, 1);
    const calls = [send('/a'), send('/b')];
    await expect.poll(() => received.length).toBe(1);
    const closed = queue.close();
    await expect(send('/late').response).rejects.toMatchObject({ code: 'ERR_CLOSED', sent: false });
    respond();
    await expect.poll(() => received.length).toBe(2);
    respond();
    await closed;
    for (const call of calls) expect(await call.response).toMatchObject({ status: 200 });
    expect(received).toEqual(['/a', '/b']);
  });

  it('does not wait for connections of cancelled requests', async () => {
    const { origin, sockets } = await silentServer();
    const { queue, send } = start(origin, 2);
    const calls = [send(), send(), send()];
    await expect.poll(() => sockets.length).toBe(2);
    for (const { cancel } of calls) cancel();
    await queue.close();
  });
});

describe('the async context', () => {
  it('of a request that waited is that of its caller, not of the request that made room', async () => {
    const storage = new AsyncLocalStorage<string>();
    const dispatchedIn: (string | undefined)[] = [];
    class Recorder extends Dispatcher {
      override dispatch(...args: Parameters<Dispatcher['dispatch']>): boolean {
        dispatchedIn.push(storage.getStore());
        return pool.dispatch(...args);
      }
    }
    const { origin, received, respond } = await manualServer();
    const { pool, send } = start(origin, 1, new Recorder());
    const first = storage.run('first caller', () => send());
    const second = storage.run('second caller', () => send());
    await expect.poll(() => received).toHaveLength(1);
    respond();
    await first.response;
    await expect.poll(() => received).toHaveLength(2);
    respond();
    await second.response;
    expect(dispatchedIn).toEqual(['first caller', 'second caller']);
  });
});
