import { UseGuards } from '@nestjs/common';
import {
  ConnectedSocket,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayInit,
  type WsResponse,
} from '@nestjs/websockets';
import { RequirePermissions, UnkeyGuard, UnkeyKey } from 'nestjs-unkey';
import type { Server, Socket } from 'socket.io';
import type { Document } from './document.js';
import { DocumentsService } from './documents.service.js';
import { ownerOf } from './owner.js';

/** Nest 11 does not run the global guard for gateways, so the gateway names the guard itself. */
@UseGuards(UnkeyGuard)
@WebSocketGateway()
@RequirePermissions('documents.read')
export class DocumentsGateway implements OnGatewayInit {
  constructor(private readonly documents: DocumentsService) {}

  afterInit(server: Server): void {
    this.documents.created.subscribe((document) => {
      server.to(roomOf(document.owner)).emit('created', document);
    });
  }

  /**
   * Sends the customer's documents, and from then on every new one.
   *
   * The key is verified here, when the client starts to watch, and not again for each new document.
   */
  @SubscribeMessage('watch')
  async watch(
    @UnkeyKey('identity.externalId') externalId: string | undefined,
    @ConnectedSocket() client: Socket,
  ): Promise<WsResponse<Document[]>> {
    const owner = ownerOf(externalId);
    await client.join(roomOf(owner));
    return { event: 'documents', data: this.documents.listOf(owner) };
  }
}

function roomOf(owner: string): string {
  return `documents of ${owner}`;
}
