import type { ArgumentsHost } from '@nestjs/common';
import type { VerifiedKey } from '../../contracts/verified-key.js';
import type { UnkeyException } from '../../errors/unkey.exception.js';
import type { GuardTransport } from '../guard-transport.js';
import { readState, stateOn } from '../request-state.js';
import { connectionOf } from './connection.js';
import type { MessageArgs } from './recent-messages.js';
import { closeRefused, relayRefusals, wsRefusal } from './refuse-client.js';
import { addressOf, clientOf } from './ws-client.js';
import { WsPlaces } from './ws-places.js';

/** A key that was good and is so no more: the connection that it opened is closed. */
const REVOKED: ReadonlySet<string> = new Set(['NOT_FOUND', 'EXPIRED', 'DISABLED']);

/** Messages of gateways, over socket.io or `ws`. */
export const wsTransport: GuardTransport = {
  state(context, scope) {
    const args = argsOf(context);
    const client = clientOf(context);
    const connection = connectionOf(client);
    if (readState(args) === undefined) {
      relayRefusals(client, connection);
      connection.messages.add(args);
    }
    return stateOn(args, scope);
  },

  ready: (context) => connectionOf(clientOf(context)).ready,

  places(context) {
    const args = argsOf(context);
    const client = clientOf(context);
    return new WsPlaces(client, context.switchToWs().getData(), (key) =>
      connectionOf(client).foundInPayload(args, key),
    );
  },

  key: (host) => messageState(host)?.key ?? stubbedKey(host),

  isDecided: (host) => messageState(host)?.decided === true,

  attach(context, scope, key) {
    const args = argsOf(context);
    stateOn(args, scope).key = key;
    connectionOf(clientOf(context)).accept(args);
  },

  attachUser(context, user) {
    const { data } = clientOf(context);
    // A key of the data belongs to one message, the user of a client to all of them. `ws` has no place for it.
    const isForClient = connectionOf(clientOf(context)).isOfHandshake(argsOf(context));
    if (isForClient && typeof data === 'object' && data !== null) Reflect.set(data, 'user', user);
  },

  clientIp: (context) => addressOf(clientOf(context)),

  verification: (context, question, rules, verify) =>
    connectionOf(clientOf(context)).verification(argsOf(context), question, rules, verify),

  async refuse(context, denial) {
    const client = clientOf(context);
    const isRevoked = REVOKED.has(denial.code) && connectionOf(client).wasAccepted(argsOf(context));
    // After Nest has sent the refusal.
    if (isRevoked) setImmediate(() => closeRefused(client, denial));
    throw await wsException(denial);
  },
};

/** Loaded here alone: an app with a gateway has it. */
async function wsException(denial: UnkeyException): Promise<Error> {
  const { WsException } = await import('@nestjs/websockets');
  const exception = new WsException(wsRefusal(denial));
  return Object.defineProperty(exception, 'cause', { value: denial });
}

/** The state of a message, also for a context that has its arguments in another array. */
function messageState(host: ArgumentsHost) {
  const args = argsOf(host);
  const message = readState(args) === undefined ? connectionOf(clientOf(host)).messages.find(args) : args;
  return message === undefined ? undefined : readState(message);
}

/** What a test's own guard may have put on the client. */
function stubbedKey(host: ArgumentsHost): VerifiedKey | undefined {
  return clientOf(host).unkey;
}

function argsOf(host: ArgumentsHost): MessageArgs {
  return host.getArgs<MessageArgs>();
}
