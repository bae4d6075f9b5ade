import type { ArgumentsHost } from '@nestjs/common';
import type { VerifiedKey } from '../../contracts/verified-key.js';
import { property } from '../property.js';

/** The property in which `UpgradeRequests` stores the upgrade request of a socket. */
const UPGRADE = Symbol.for('nestjs-unkey:upgrade');

/** The properties of a socket.io or `ws` client that are used here. */
export interface WsClient {
  /** socket.io only. */
  readonly handshake?: {
    readonly headers?: unknown;
    readonly auth?: unknown;
    readonly query?: unknown;
    readonly address?: unknown;
  };
  /** socket.io only: the HTTP request of the handshake, with its raw headers. */
  readonly request?: unknown;
  /** socket.io only: an object for the app's own data. */
  readonly data?: { user?: unknown };
  /** Set by stub guards in tests. */
  readonly unkey?: VerifiedKey;
  emit?(event: string, ...data: unknown[]): unknown;
  on?(event: string, listener: (data: unknown) => void): unknown;
  /** socket.io only. */
  disconnect?(close: boolean): unknown;
  /** `ws` only. */
  readonly readyState?: unknown;
  send?(data: string): unknown;
  close?(code: number, reason: string): unknown;
}

export function clientOf(host: ArgumentsHost): WsClient {
  return host.switchToWs().getClient<WsClient>();
}

export function isSocketIo(client: WsClient): boolean {
  return typeof client.handshake === 'object' && client.handshake !== null;
}

/** Stores the HTTP request that a socket was upgraded from, because `ws` has no reference to it. */
export function rememberUpgrade(socket: object, request: object): void {
  // Not enumerable, so that printing a socket shows no headers.
  Object.defineProperty(socket, UPGRADE, { value: request, configurable: true });
}

/** Returns the HTTP request that a `ws` client connected with, if it is known. */
export function upgradeRequestOf(client: WsClient): unknown {
  return property(client, UPGRADE) ?? property(property(client, '_socket'), UPGRADE);
}

/** Returns the HTTP request that opened the connection, or the part of it that socket.io keeps. */
export function handshakeOf(client: WsClient): unknown {
  return isSocketIo(client) ? (client.request ?? client.handshake) : upgradeRequestOf(client);
}

/** Returns the address of the socket itself. A header from the client does not change it. */
export function addressOf(client: WsClient): string | undefined {
  const address = isSocketIo(client)
    ? client.handshake?.address
    : property(property(client, '_socket'), 'remoteAddress');
  return typeof address === 'string' ? address : undefined;
}
