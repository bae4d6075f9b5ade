import { once } from 'node:events';
import { io, type Socket } from 'socket.io-client';
import { WebSocket } from 'ws';

/** What a client received. */
export interface Received {
  event: string;
  data: unknown;
}

/** A connected client of either library, with the same few methods. */
export interface SocketClient {
  emit(event: string, data: unknown): void;
  /** What arrives next; what has arrived already comes first. */
  next(): Promise<Received>;
  /** Resolves when the server has closed the connection, with the close code of `ws`. */
  closed: Promise<{ code?: number; reason: string }>;
  close(): void;
}

/** Events in the order in which they arrive, for those who wait for them and those who come later. */
class Inbox {
  readonly #waiting: ((received: Received) => void)[] = [];
  readonly #received: Received[] = [];

  put(received: Received): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#received.push(received);
    else waiting(received);
  }

  next(): Promise<Received> {
    const received = this.#received.shift();
    return received === undefined
      ? new Promise((resolve) => this.#waiting.push(resolve))
      : Promise.resolve(received);
  }
}

export async function connectSocketIo(
  url: string,
  auth: Record<string, unknown> = {},
  options: { headers?: Record<string, string>; query?: Record<string, string> } = {},
): Promise<SocketClient> {
  const socket = io(url, {
    auth,
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    ...(options.headers === undefined ? {} : { extraHeaders: options.headers }),
    ...(options.query === undefined ? {} : { query: options.query }),
  });
  const client = socketIoClient(socket);
  await connected(socket);
  return client;
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', (error) => {
      socket.close();
      reject(error);
    });
  });
}

function socketIoClient(socket: Socket): SocketClient {
  const inbox = new Inbox();
  socket.onAny((event: string, data: unknown) => inbox.put({ event, data }));
  return {
    emit: (event, data) => void socket.emit(event, data),
    next: () => inbox.next(),
    closed: new Promise((resolve) => socket.once('disconnect', (reason) => resolve({ reason }))),
    close: () => void socket.close(),
  };
}

export async function connectWs(
  url: string,
  headers: Record<string, string | string[]> = {},
): Promise<SocketClient> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers });
  const inbox = new Inbox();
  // Before the connection is there: a server may send at once.
  socket.on('message', (text: Buffer) => inbox.put(JSON.parse(text.toString()) as Received));
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.once('close', (code: number, reason: Buffer) => resolve({ code, reason: reason.toString() })),
  );
  await once(socket, 'open');
  return {
    emit: (event, data) => socket.send(JSON.stringify({ event, data })),
    next: () => inbox.next(),
    closed,
    close: () => socket.terminate(),
  };
}
