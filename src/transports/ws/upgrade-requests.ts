import type { Server } from 'node:http';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { rememberUpgrade } from './ws-client.js';

/**
 * Stores the HTTP upgrade request of each WebSocket, because `ws` clients have no reference to it. A gateway on a port
 * of its own has another server; there you pass the request to `verifyConnection(client, request)`.
 */
@Injectable()
export class UpgradeRequests implements OnModuleInit {
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    const server = this.host.httpAdapter?.getHttpServer() as Server | undefined;
    // Without a gateway, nothing responds to an upgrade request, and a listener would make Node keep it open.
    if (server?.listenerCount('upgrade')) {
      server.prependListener('upgrade', (request, socket) => rememberUpgrade(socket, request));
    }
  }
}
