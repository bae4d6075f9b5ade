import type { ArgumentsHost } from '@nestjs/common';
import type { GuardTransport } from '../guard-transport.js';
import { httpHeader } from '../http/http-header.js';
import { keyOfRequest } from '../http/http.transport.js';
import { property } from '../property.js';
import { stateOn } from '../request-state.js';
import { GraphqlPlaces } from './graphql-places.js';
import { GraphqlRefusal } from './graphql-refusal.js';
import { operationOf } from './operation.js';
import { operationRequest } from './operation-request.js';
import { resolverCall } from './resolver-call.js';

/** Apollo and Mercurius: queries, mutations, field and reference resolvers, subscriptions over graphql-ws. */
export const graphqlTransport: GuardTransport = {
  state(context, scope) {
    const call = resolverCall(context);
    return operationOf(call)?.state(call, scope) ?? stateOn({}, scope);
  },

  setupFault(context) {
    const operation = operationOf(resolverCall(context));
    if (operation === undefined) {
      return 'the context of this GraphQL operation is not an object, or it is not extensible. Return a plain object: context: () => ({ … })';
    }
    return operation.isShared
      ? 'the "context" of GraphQLModule is one object for several operations, so their callers cannot be distinguished. Return a new object for each: context: () => ({ … })'
      : undefined;
  },

  places: (context) => new GraphqlPlaces(requestOf(context)),

  httpHeader: (context, name) => httpHeader(requestOf(context).request, name),

  key(host) {
    const call = resolverCall(host);
    const operation = operationOf(call);
    if (operation === undefined || operation.isShared) return undefined;
    const decision = operation.decision(call);
    // Without an UnkeyGuard, the key that a middleware or a stub guard set on the request.
    return decision === undefined ? keyOfRequest(requestObject(call.contextValue)) : decision.key;
  },

  isDecided(host) {
    const call = resolverCall(host);
    return operationOf(call)?.decision(call)?.decided === true;
  },

  attach(context, scope, key) {
    this.state(context, scope).key = key;
  },

  userHolder(context) {
    const { request } = requestOf(context);
    return typeof request === 'object' && request !== null ? request : undefined;
  },

  clientIp(context) {
    const { request } = requestOf(context);
    const address = property(request, 'ip') ?? property(property(request, 'socket'), 'remoteAddress');
    return typeof address === 'string' ? address : undefined;
  },

  refuse(_context, denial) {
    throw new GraphqlRefusal(denial);
  },
};

function requestObject(contextValue: unknown): object {
  const { request } = operationRequest(contextValue);
  return typeof request === 'object' && request !== null ? request : {};
}

function requestOf(host: ArgumentsHost) {
  return operationRequest(resolverCall(host).contextValue);
}
