// Ten thousand WebSocket clients that come and go leave no memory behind: the heap is as large after the second five
// thousand as after the first. Needs --expose-gc and the build in dist/. Exits with 1 if memory is left.
import 'reflect-metadata';
import { once } from 'node:events';
import { Inject, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { UnkeyGuard, UnkeyModule, UnkeyService } from '../../dist/esm/index.js';

const LIBRARIES = ['ws', 'socket.io'];
const CONNECTIONS = 5_000;
const AT_ONCE = 50;
/** What is known of a client takes more than 1,000 bytes; the heap itself varies by a few bytes a connection. */
const MOST_BYTES = 200;

/** Half of the clients are refused. The key ids differ, so that what is kept by key would show. */
const verifier = async ({ key }) =>
  key.startsWith('good')
    ? { valid: true, code: 'VALID', keyId: `id of ${key}`, permissions: ['chat.read'] }
    : { valid: false, code: 'NOT_FOUND' };

class Gateway {
  constructor(unkey) {
    this.unkey = unkey;
  }

  handleConnection(client, request) {
    return this.unkey.verifyConnection(client, request);
  }

  who() {
    return { event: 'answer', data: 'ok' };
  }
}
Inject(UnkeyService)(Gateway, undefined, 0);
SubscribeMessage('who')(Gateway.prototype, 'who', Object.getOwnPropertyDescriptor(Gateway.prototype, 'who'));
UseGuards(UnkeyGuard)(Gateway);
WebSocketGateway({ transports: ['websocket'] })(Gateway);

async function start(library) {
  class App {}
  Module({
    imports: [UnkeyModule.forRoot({ rootKey: 'x', verifier, client: false, timeout: 600_000 })],
    providers: [Gateway],
  })(App);
  const app = await NestFactory.create(App, { logger: false });
  if (library === 'ws') app.useWebSocketAdapter(new WsAdapter(app));
  await app.listen(0, '127.0.0.1');
  return { app, url: `http://127.0.0.1:${app.getHttpServer().address().port}` };
}

/** Connects, sends a guarded message, and ends as a client does that was answered or refused. */
const VISITS = {
  async ws(url, key) {
    const socket = new WebSocket(url.replace('http', 'ws'), { headers: { 'x-api-key': key } });
    let isAnswered = false;
    socket.on('open', () => socket.send('{"event":"who","data":{}}'));
    socket.on('message', (text) => {
      if (!text.includes('"answer"')) return;
      isAnswered = true;
      socket.close();
    });
    const [code] = await once(socket, 'close');
    return isAnswered ? 'answered' : code;
  },

  'socket.io': (url, key) =>
    new Promise((resolve) => {
      const options = { transports: ['websocket'], reconnection: false, forceNew: true };
      const socket = io(url, { ...options, auth: { 'x-api-key': key } });
      socket.on('connect', () => socket.emit('who', {}));
      socket.on('answer', () => {
        resolve('answered');
        socket.close();
      });
      socket.on('disconnect', resolve);
    }),
};

let visits = 0;
/** How often each end occurred. */
async function round(library, url) {
  const ends = {};
  for (let done = 0; done < CONNECTIONS; done += AT_ONCE) {
    const batch = Array.from({ length: AT_ONCE }, () => {
      const n = visits++;
      return VISITS[library](url, n % 2 === 0 ? `good_key_${n}` : `unknown_key_${n}`);
    });
    for (const end of await Promise.all(batch)) ends[end] = (ends[end] ?? 0) + 1;
  }
  return ends;
}

/** The server learns of a closed socket later than the client does. */
async function heap(app) {
  const open = () =>
    new Promise((resolve) => app.getHttpServer().getConnections((_, sockets) => resolve(sockets)));
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  while ((await open()) > 0) await turn();
  for (let n = 0; n < 5; n++) {
    await turn();
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}

for (const library of LIBRARIES) {
  const { app, url } = await start(library);
  // The first round also fills what grows once: compiled code, pools, lists of Nest.
  await round(library, url);
  const before = await heap(app);
  const ends = await round(library, url);
  const left = Math.round(((await heap(app)) - before) / CONNECTIONS);
  const half = CONNECTIONS / 2;
  const isRight = ends.answered === half && (ends[4401] ?? ends['io server disconnect']) === half;
  const isGone = left <= MOST_BYTES;
  process.stdout.write(
    `${library}: ${2 * CONNECTIONS} connections, ends ${JSON.stringify(ends)} (${isRight ? 'as expected' : 'NOT as expected'}), ` +
      `${left} bytes of heap left by each of the second half (must be <= ${MOST_BYTES}: ${isGone ? 'reached' : 'NOT reached'})\n`,
  );
  if (!isRight || !isGone) process.exitCode = 1;
  await app.close();
}
process.exit();
