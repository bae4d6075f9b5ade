import type { Server } from 'node:http';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { rememberUpgrade } from './ws-client.js';

/**
 * Remembers which HTTP request each WebSocket began with, since clients of `ws` keep no link to it. A gateway with a
 * port of its own has another server; there `verifyConnection(client, request)` says it.
 */
@Injectable()
export class UpgradeRequests implements OnModuleInit {
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    const server = this.host.httpAdapter?.getHttpServer() as Server | undefined;
    // Without a gateway nobody would answer an upgrade: with a listener, Node leaves it to hang.
    if (server?.listenerCount('upgrade')) {
      server.prependListener('upgrade', (request, socket) => rememberUpgrade(socket, request));
    }
  }
}
