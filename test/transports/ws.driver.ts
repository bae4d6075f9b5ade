import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { listen } from '../support/app.js';
import { connectSocketIo, connectWs } from '../support/ws-clients.js';
import type { ContractParts, Outcome, TransportDriver } from './contract.js';

interface Answered {
  handler: string;
}

export const wsDrivers: readonly TransportDriver[] = [
  {
    name: 'socket.io',
    async start(parts) {
      const { app, url } = await startGateway(parts, (value) => ({ event: 'answer', data: value }));
      return {
        async call(handler, key) {
          const client = await connectSocketIo(url, key === undefined ? {} : { 'X-Api-Key': key });
          try {
            client.emit(handler, {});
            return outcomeOf(await client.next());
          } finally {
            client.close();
          }
        },
        close: () => app.close(),
      };
    },
  },
  {
    name: 'ws',
    async start(parts) {
      const { app, url } = await startGateway(
        parts,
        (value) => ({ event: 'answer', data: value }),
        (nest) => nest.useWebSocketAdapter(new WsAdapter(nest)),
      );
      return {
        async call(handler, key) {
          const client = await connectWs(url, key === undefined ? {} : { 'x-api-key': key });
          try {
            client.emit(handler, {});
            return outcomeOf(await client.next());
          } finally {
            client.close();
          }
        },
        close: () => app.close(),
      };
    },
  },
];

async function startGateway(
  { imports, handlers }: ContractParts,
  answer: (value: Answered) => unknown,
  configure: (app: INestApplication) => void = () => {},
) {
  const gateway = handlers((name) => SubscribeMessage(name), answer);
  WebSocketGateway()(gateway);
  class App {}
  Module({ imports: [...imports], providers: [gateway] })(App);
  const app = await NestFactory.create(App, { logger: false });
  configure(app);
  return { app, url: await listen(app) };
}

function outcomeOf({ event, data }: { event: string; data: unknown }): Outcome {
  const received = JSON.stringify({ event, data });
  if (event === 'answer') return { answer: data, received };
  const { code, statusCode, retryAfter } = data as Record<string, unknown>;
  return { refusal: { code, status: statusCode, retryAfter }, received };
}
