import { property } from '../property.js';

/** The request of an operation. */
export interface OperationRequest {
  /**
   * The HTTP request of the operation, or the upgrade request of its socket: Express's, Fastify's or Node's.
   * `undefined` if the app's context does not hold it.
   */
  readonly request: unknown;
  /** What a client of graphql-ws sent when it connected. */
  readonly connectionParams?: unknown;
  /** Whether the operation came over a WebSocket, where many operations share one request. */
  readonly isSocket: boolean;
}

/** Finds the request in a context value, where Apollo, Mercurius or Nest's drivers store it. */
export function operationRequest(contextValue: unknown): OperationRequest {
  if (isObject(contextValue) && '_connectionInit' in contextValue) {
    // A subscription of Mercurius.
    return {
      request: property(contextValue, 'request'),
      connectionParams: property(contextValue, '_connectionInit'),
      isSocket: true,
    };
  }
  // Over graphql-ws with Apollo, Nest sets `req` to the context of graphql-ws instead of the HTTP request. An app can
  // also spread that context into its own.
  const socket = [property(contextValue, 'req'), contextValue].find(isSocketContext);
  if (socket !== undefined) {
    return {
      request: property(property(socket, 'extra'), 'request'),
      connectionParams: property(socket, 'connectionParams'),
      isSocket: true,
    };
  }
  const request = property(property(contextValue, 'reply'), 'request') ?? property(contextValue, 'req');
  const connectionParams = property(contextValue, 'connectionParams');
  const isUpgrade = property(messageOf(request), 'upgrade') === true;
  return { request, connectionParams, isSocket: isUpgrade || connectionParams !== undefined };
}

/** Returns Node's own request for a request of Express or Fastify; `undefined` for any other object. */
export function messageOf(request: unknown): object | undefined {
  return [request, property(request, 'raw')].filter(isObject).find((one) => 'rawHeaders' in one);
}

function isSocketContext(value: unknown): boolean {
  return isObject(property(property(value, 'extra'), 'request'));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
