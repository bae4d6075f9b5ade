import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import type { VerifiedKey } from '../../contracts/verified-key.js';
import type { UnkeyException } from '../../errors/unkey.exception.js';
import type { GuardTransport } from '../guard-transport.js';
import { httpHeader } from '../http/http-header.js';
import { readState, stateOn } from '../request-state.js';
import { connectionOf } from './connection.js';
import type { MessageArgs } from './recent-messages.js';
import { closeRefused, relayRefusals, wsRefusal } from './refuse-client.js';
import { addressOf, clientOf, handshakeOf, isSocketIo } from './ws-client.js';
import { WsPlaces } from './ws-places.js';

/** The codes that close the connection if its key was accepted before. */
const REVOKED: ReadonlySet<string> = new Set(['NOT_FOUND', 'EXPIRED', 'DISABLED']);

/** Messages to gateways, over socket.io or `ws`. */
export const wsTransport: GuardTransport = {
  state(context, scope) {
    const args = argsOf(context);
    const client = clientOf(context);
    const connection = connectionOf(client);
    if (readState(args) === undefined) {
      relayRefusals(client, connection);
      connection.messages.add(args, context.getClass());
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

  httpHeader: (context, name) => httpHeader(handshakeOf(clientOf(context)), name),

  key: (host) => messageState(host)?.key ?? stubbedKey(host),

  isDecided: (host) => messageState(host)?.decided === true,

  attach(context, scope, key) {
    const args = argsOf(context);
    stateOn(args, scope).key = key;
    connectionOf(clientOf(context)).accept(args);
  },

  userHolder(context, key) {
    const client = clientOf(context);
    // A key in a message is valid for that message only, but the client's data is shared by all messages.
    const isFromMessage = connectionOf(client).isFromPayload(argsOf(context), key);
    return isSocketIo(client) && !isFromMessage ? client.data : undefined;
  },

  clientIp: (context) => addressOf(clientOf(context)),

  verification: (context, question, rules, verify) =>
    connectionOf(clientOf(context)).verification(argsOf(context), question, rules, verify),

  identify: (context, asked) => connectionOf(clientOf(context)).identify(argsOf(context), asked),

  async refuse(context, denial) {
    const client = clientOf(context);
    const isRevoked = REVOKED.has(denial.code) && connectionOf(client).wasAccepted(argsOf(context));
    // Delayed until Nest has sent the denial.
    if (isRevoked) setImmediate(() => closeRefused(client, denial));
    throw await wsException(denial);
  },
};

/** Imported when needed, because only apps with a gateway have this package. */
async function wsException(denial: UnkeyException): Promise<Error> {
  const { WsException } = await import('@nestjs/websockets');
  const exception = new WsException(wsRefusal(denial));
  return Object.defineProperty(exception, 'cause', { value: denial });
}

/** Returns the state of a message, also for a context that holds its arguments in another array. */
function messageState(host: ArgumentsHost) {
  const args = argsOf(host);
  const message =
    readState(args) === undefined ? connectionOf(clientOf(host)).messages.find(args, gatewayOf(host)) : args;
  return message === undefined ? undefined : readState(message);
}

/** Returns the class that handles a message; nothing in an exception filter. */
function gatewayOf(host: ArgumentsHost | ExecutionContext): unknown {
  return 'getClass' in host ? host.getClass() : undefined;
}

/** Returns the key that a stub guard in a test set on the client. */
function stubbedKey(host: ArgumentsHost): VerifiedKey | undefined {
  return clientOf(host).unkey;
}

function argsOf(host: ArgumentsHost): MessageArgs {
  return host.getArgs<MessageArgs>();
}
