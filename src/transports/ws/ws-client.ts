import type { ArgumentsHost } from '@nestjs/common';
import type { VerifiedKey } from '../../contracts/verified-key.js';
import { property } from '../property.js';

/** Where `UpgradeRequests` leaves the HTTP request that a socket began with. */
const UPGRADE = Symbol.for('nestjs-unkey:upgrade');

/** A client of socket.io or of `ws`, as far as it is read here. */
export interface WsClient {
  /** socket.io alone. */
  readonly handshake?: {
    readonly headers?: unknown;
    readonly auth?: unknown;
    readonly query?: unknown;
    readonly address?: unknown;
  };
  /** socket.io alone: the HTTP request of the handshake, with its raw headers. */
  readonly request?: unknown;
  /** socket.io alone: what belongs to the app. */
  readonly data?: { user?: unknown };
  /** What a test's own guard may have left. */
  readonly unkey?: VerifiedKey;
  emit?(event: string, ...data: unknown[]): unknown;
  on?(event: string, listener: (data: unknown) => void): unknown;
  /** socket.io alone. */
  disconnect?(close: boolean): unknown;
  /** `ws` alone. */
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

/** Remembers the HTTP request that a socket was upgraded from; `ws` itself keeps no link to it. */
export function rememberUpgrade(socket: object, request: object): void {
  // Not enumerable: a socket that is printed shows no headers.
  Object.defineProperty(socket, UPGRADE, { value: request, configurable: true });
}

/** The HTTP request that a client of `ws` connected with, where it is known. */
export function upgradeRequestOf(client: WsClient): unknown {
  return property(client, UPGRADE) ?? property(property(client, '_socket'), UPGRADE);
}

/** The address of the socket itself: a header that the client sent does not change it. */
export function addressOf(client: WsClient): string | undefined {
  const address = isSocketIo(client)
    ? client.handshake?.address
    : property(property(client, '_socket'), 'remoteAddress');
  return typeof address === 'string' ? address : undefined;
}
