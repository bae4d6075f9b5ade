import { isUnkeyException, type UnkeyException } from '../../errors/unkey.exception.js';
import { refusalObject, type RefusalObject } from '../refusal-object.js';
import { property } from '../property.js';
import type { Connection } from './connection.js';
import { isSocketIo, type WsClient } from './ws-client.js';

/** Marks a denial of this module, so that no other object is sent to the client. */
const REFUSAL = Symbol.for('nestjs-unkey:refusal');

/** Returns the denial in the form that a WebSocket client receives. */
export function wsRefusal(denial: UnkeyException): RefusalObject {
  return Object.defineProperty(refusalObject(denial), REFUSAL, { value: true });
}

/**
 * Sends denials to a `ws` client on Nest 11, which only emits them as a local event and does not send them. Nest 12
 * sends them itself and emits no event.
 */
export function relayRefusals(client: WsClient, connection: Connection): void {
  if (connection.isRelaying || isSocketIo(client)) return;
  connection.isRelaying = true;
  client.on?.('exception', (refusal) => {
    if (property(refusal, REFUSAL) === true) send(client, refusal);
  });
}

/**
 * What a client receives if its verification failed with an error that is not a denial: the same as Nest sends for such
 * errors.
 */
export const INTERNAL_ERROR = Object.freeze({ status: 'error', message: 'Internal server error' });

/**
 * Sends a client the reason for its rejection and closes its connection. Outside of a message, no filter of Nest does
 * it.
 */
export function refuseConnection(client: WsClient, error: unknown): void {
  const denial = isUnkeyException(error) ? error : undefined;
  const refusal = denial === undefined ? INTERNAL_ERROR : wsRefusal(denial);
  if (isSocketIo(client)) client.emit?.('exception', refusal);
  else send(client, refusal);
  closeRefused(client, denial);
}

/** Closes the connection of a rejected client; messages that were sent before still arrive. */
export function closeRefused(client: WsClient, denial: UnkeyException | undefined): void {
  if (isSocketIo(client)) client.disconnect?.(true);
  else if (denial === undefined) client.close?.(1011, 'INTERNAL_ERROR');
  else client.close?.(closeCodeOf(denial.getStatus()), closeReason(denial.code));
}

/** Cuts a text to the maximum of a close reason, 123 bytes. For a longer one, `ws` throws and does not close. */
function closeReason(text: string): string {
  const bytes = new Uint8Array(123);
  const { written } = new TextEncoder().encodeInto(text, bytes);
  return new TextDecoder().decode(bytes.subarray(0, written));
}

/** Close codes of RFC 6455 §7.4: 1011 and 1013 are registered, 4000 to 4999 are for applications. */
export function closeCodeOf(status: number): number {
  if (status === 401) return 4401;
  if (status === 402 || status === 429) return 4429;
  if (status === 503) return 1013;
  return status >= 500 ? 1011 : 4403;
}

function send(client: WsClient, refusal: unknown): void {
  client.send?.(JSON.stringify({ event: 'exception', data: refusal }));
}
