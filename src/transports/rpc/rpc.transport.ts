import type { ArgumentsHost } from '@nestjs/common';
import type { GuardTransport } from '../guard-transport.js';
import { refusalObject } from '../refusal-object.js';
import { readState, stateOn, type StateCarrier } from '../request-state.js';
import { grpcRefusal } from './grpc-status.js';
import { incomingStreamOf, metadataOf, streamCallOf } from './grpc.js';
import { endingCall, holdingStream } from './guarded-stream.js';
import { rpcException } from './rpc-exception.js';
import { RpcPlaces } from './rpc-places.js';

/** Nest's microservices: TCP, Redis, gRPC, NATS, Kafka, RMQ, MQTT, and custom transports of the same shape. */
export const rpcTransport: GuardTransport = {
  state: (context, scope) => stateOn(carrierOf(context), scope),

  places: (context) => new RpcPlaces(context.getArgs()),

  key: (host) => readState(carrierOf(host))?.key,

  isDecided: (host) => readState(carrierOf(host))?.decided === true,

  attach(context, scope, key) {
    stateOn(carrierOf(context), scope).key = key;
  },

  async refuse(context, denial) {
    const metadata = metadataOf(context.getArgs());
    const error = metadata === undefined ? refusalObject(denial) : grpcRefusal(denial, metadata);
    throw await rpcException(error, denial);
  },

  runGuard(context, guard) {
    const args = context.getArgs();
    const call = streamCallOf(args);
    if (call !== undefined) return endingCall(call, guard);
    const stream = incomingStreamOf(args);
    return stream === undefined ? guard() : holdingStream(stream, guard);
  },
};

/**
 * Returns the object that holds the state of a message: its context, which Nest creates for each message (gRPC: the
 * `Metadata`), or the call of a `@GrpcStreamCall()`. If a custom transport passes no context, it is the data, because
 * guards and param decorators share nothing else.
 */
function carrierOf(host: ArgumentsHost): StateCarrier {
  const args: unknown[] = host.getArgs();
  return streamCallOf(args) ?? [args[1], args[0]].find(isExtensible) ?? args;
}

function isExtensible(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.isExtensible(value);
}
