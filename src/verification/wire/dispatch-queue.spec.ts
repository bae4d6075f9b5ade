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

/** Accepts TCP connections and says nothing, so a TLS handshake never ends. */
async function silentServer() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
  const origin = `https://127.0.0.1:${await portOf(server)}`;
  return { origin, sockets, close: () => sockets.splice(0).forEach((socket) => socket.destroy()) };
}

/** Answers when it is told to. */
async function patientServer() {
  const asked: string[] = [];
  const responses: ServerResponse[] = [];
  const server = createHttpServer((request, response) => {
    asked.push(request.url ?? '');
    responses.push(response);
  });
  onTestFinished(() => server.closeAllConnections());
  return {
    origin: `http://127.0.0.1:${await portOf(server)}`,
    asked,
    answer: () => responses.shift()?.end('{}'),
  };
}

function start(origin: string, limit: number, dispatcher?: Dispatcher) {
  const pool = new Pool(origin, { connections: limit, connectTimeout: NEVER });
  onTestFinished(() => pool.destroy());
  const queue = new DispatchQueue(dispatcher ?? pool, limit);
  const send = (path = '/') => {
    const deadline = new Deadline();
    const answer = queue.send({ origin, path, method: 'POST', body: '{}' }, deadline);
    // Who looks at the answer later must not be late.
    answer.catch(() => undefined);
    return { answer, giveUp: () => deadline.pass(new Error('given up')) };
  };
  return { pool, queue, send };
}

describe('while connections hang', () => {
  it('requests that are given up leave nothing behind but the connections that are being made', async () => {
    const { origin, sockets } = await silentServer();
    const { pool, send } = start(origin, 4);
    for (let round = 0; round < 3; round++) {
      const calls = Array.from({ length: 100 }, () => send());
      await expect.poll(() => sockets.length).toBe(4);
      for (const { giveUp } of calls) giveUp();
      for (const { answer } of calls) await expect(answer).rejects.toThrow('given up');
      expect(pool.stats).toMatchObject({ queued: 0, pending: 4, running: 0 });
    }
  });

  it('a request that waits is sent when an attempt to connect has ended', async () => {
    const { origin, sockets, close } = await silentServer();
    const { pool, send } = start(origin, 4);
    const hanging = Array.from({ length: 4 }, () => send());
    await expect.poll(() => sockets.length).toBe(4);
    for (const { giveUp } of hanging) giveUp();
    const waiting = send();
    close();
    await expect.poll(() => sockets.length).toBe(1);
    expect(pool.stats).toMatchObject({ queued: 0, pending: 1 });
    close();
    await expect(waiting.answer).rejects.toMatchObject({ name: 'ConnectionError', sent: false });
    expect(pool.stats).toMatchObject({ queued: 0, pending: 0 });
  });
});

describe('requests beyond the limit', () => {
  it('wait for their turn, first come, first served', async () => {
    const { origin, asked, answer } = await patientServer();
    const { send } = start(origin, 1);
    const calls = ['/a', '/b', '/c'].map((path) => send(path));
    for (const [index, call] of calls.entries()) {
      await expect.poll(() => asked.length).toBe(index + 1);
      answer();
      expect(await call.answer).toMatchObject({ status: 200 });
    }
    expect(asked).toEqual(['/a', '/b', '/c']);
  });

  it('are not sent if they were given up while they waited', async () => {
    const { origin, asked, answer } = await patientServer();
    const { send } = start(origin, 1);
    const [first, second, third] = [send('/a'), send('/b'), send('/c')];
    await expect.poll(() => asked.length).toBe(1);
    second.giveUp();
    await expect(second.answer).rejects.toThrow('given up');
    answer();
    await first.answer;
    await expect.poll(() => asked.length).toBe(2);
    answer();
    await third.answer;
    expect(asked).toEqual(['/a', '/c']);
  });

  it('are sent when a request that was on its way is given up', async () => {
    const { origin, asked, answer } = await patientServer();
    const { send } = start(origin, 1);
    const [first, second] = [send('/a'), send('/b')];
    await expect.poll(() => asked.length).toBe(1);
    first.giveUp();
    await expect.poll(() => asked.length).toBe(2);
    answer();
    answer();
    expect(await second.answer).toMatchObject({ status: 200 });
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

  it('that throws fails the request alone', async () => {
    const { send } = start('http://localhost', 1, new Throwing());
    for (let n = 0; n < 3; n++) {
      await expect(send().answer).rejects.toMatchObject({ code: 'ENOPROXY', sent: false });
    }
  });

  it('that says nothing after an abort does not block the requests after it', async () => {
    const dispatcher = new Silent();
    const { send } = start('http://localhost', 1, dispatcher);
    for (let n = 1; n <= 3; n++) {
      const { answer, giveUp } = send();
      expect(dispatcher.dispatched).toBe(n);
      giveUp();
      await expect(answer).rejects.toThrow('given up');
    }
  });
});

describe('closing', () => {
  it('waits for requests that have a caller, those that wait for their turn included, and refuses new ones', async () => {
    const { origin, asked, answer } = await patientServer();
    const { queue, send } = start(origin, 1);
    const calls = [send('/a'), send('/b')];
    await expect.poll(() => asked.length).toBe(1);
    const closed = queue.close();
    await expect(send('/late').answer).rejects.toMatchObject({ code: 'ERR_CLOSED', sent: false });
    answer();
    await expect.poll(() => asked.length).toBe(2);
    answer();
    await closed;
    for (const call of calls) expect(await call.answer).toMatchObject({ status: 200 });
    expect(asked).toEqual(['/a', '/b']);
  });

  it('does not wait for connections of requests that were given up', async () => {
    const { origin, sockets } = await silentServer();
    const { queue, send } = start(origin, 2);
    const calls = [send(), send(), send()];
    await expect.poll(() => sockets.length).toBe(2);
    for (const { giveUp } of calls) giveUp();
    await queue.close();
  });
});
