import { Logger } from '@nestjs/common';
import type { HandlerPolicy } from '../contracts/handler-policy.js';
import type { VerifiedKey } from '../contracts/verified-key.js';
import { isUnkeyException } from '../errors/unkey.exception.js';
import { shown } from '../options/shown-value.js';
import { getVerifiedKey } from '../transports/verified-key.js';
import { connectionOf } from '../transports/ws/connection.js';
import type { GatewayHook, Gateways } from '../transports/ws/gateways.js';
import { INTERNAL_ERROR, refuseConnection, wsRefusal } from '../transports/ws/refuse-client.js';
import { isSocketIo, rememberUpgrade, type WsClient } from '../transports/ws/ws-client.js';
import { callerOf, HandlerlessContext, type Caller } from './handlerless-context.js';
import { policySteps } from './policy-steps.js';
import type { RequestVerification } from './request-verification.js';

/** A middleware for `server.use()` of socket.io. */
export type SocketMiddleware = (socket: object, next: (error?: Error) => void) => void;

/** Verifies the keys that WebSocket clients connect with, before and outside their messages. */
export class ConnectionVerification {
  readonly #logger = new Logger('UnkeyModule');

  /** @param caller what a context names as its class if the gateway is not known */
  constructor(
    private readonly requests: RequestVerification,
    private readonly gateways: Pick<Gateways, 'classOf'>,
    private readonly caller: Caller,
  ) {}

  /**
   * Verifies a client that has connected. Guards of its messages wait for it. A client that is rejected receives the
   * reason and is disconnected. Another error is logged and disconnects the client too: Nest does not await
   * `handleConnection`, so a rejection would end the process.
   */
  async verify(
    client: WsClient,
    request: unknown,
    policy: () => HandlerPolicy,
  ): Promise<VerifiedKey | undefined> {
    const verification = this.#verifyOrRefuse(client, request, policy);
    connectionOf(client).verifying(verification);
    return verification.catch(() => undefined);
  }

  /** Returns a middleware for socket.io. A client that is rejected never connects. */
  socketMiddleware(policy: HandlerPolicy): SocketMiddleware {
    return (socket, next) => {
      void this.#decide(socket, policy, 'afterInit').then(
        () => next(),
        (error: unknown) => {
          this.#report(error);
          next(connectError(error));
        },
      );
    };
  }

  async #verifyOrRefuse(
    client: WsClient,
    request: unknown,
    policy: () => HandlerPolicy,
  ): Promise<VerifiedKey | undefined> {
    try {
      if (request !== undefined) remember(client, request);
      return await this.#decide(client, policy(), 'handleConnection');
    } catch (error) {
      this.#report(error);
      refuseConnection(client, error);
      throw error;
    }
  }

  async #decide(
    client: WsClient,
    policy: HandlerPolicy,
    hook: GatewayHook,
  ): Promise<VerifiedKey | undefined> {
    const gateway = this.gateways.classOf(client, hook);
    const caller = gateway === undefined ? this.caller : callerOf(gateway, hook);
    // A message has its data as second argument.
    const context = new HandlerlessContext('ws', [client, undefined], caller);
    await this.requests.decide(context, {
      ...policySteps(this.requests, policy),
      deny: (denial) => {
        throw denial;
      },
    });
    return getVerifiedKey(context);
  }

  #report(error: unknown): void {
    if (isUnkeyException(error)) return;
    this.#logger.error(
      'A connection is rejected because its verification failed with an unexpected error.',
      error instanceof Error ? error.stack : String(error),
    );
  }
}

/** Clients of `ws` keep no link to the request that they connected with. */
function remember(client: WsClient, request: unknown): void {
  if (typeof request !== 'object' || request === null || !('headers' in request)) {
    throw new TypeError(
      'UnkeyService.verifyConnection() takes the request of handleConnection(client, request) as its second ' +
        `argument, and the requirements as its third, got ${shown(request)}`,
    );
  }
  if (!isSocketIo(client)) rememberUpgrade(client, request);
}

/** The `connect_error` of a socket.io client: the message, and the denial as `data`. */
function connectError(error: unknown): Error {
  const data = isUnkeyException(error) ? wsRefusal(error) : INTERNAL_ERROR;
  const options = error instanceof Error ? { cause: error } : {};
  return Object.assign(new Error(data.message, options), { data });
}
