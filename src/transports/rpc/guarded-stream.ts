import { Logger } from '@nestjs/common';
import { property } from '../property.js';
import { GRPC_STATUS, type GrpcError } from './grpc-status.js';
import type { GrpcStream } from './grpc.js';

const HOLDS = Symbol.for('nestjs-unkey:holds');

interface HeldStream extends GrpcStream {
  /** How many guards are still holding the stream. */
  [HOLDS]?: number;
}

/**
 * Pauses a client stream until the guard has decided. Otherwise Nest 11 loses messages that arrive while a guard waits
 * for Unkey, and both majors buffer all messages in memory.
 */
export async function holdingStream(stream: HeldStream, guard: () => Promise<boolean>): Promise<boolean> {
  stream[HOLDS] = (stream[HOLDS] ?? 0) + 1;
  stream.pause();
  try {
    return await guard();
  } finally {
    // After the handler has subscribed, Nest replays earlier messages in a `setImmediate`. Resume after that.
    setImmediate(() => setImmediate(() => release(stream)));
  }
}

function release(stream: HeldStream): void {
  stream[HOLDS] = (stream[HOLDS] ?? 1) - 1;
  if (stream[HOLDS] === 0) stream.resume();
}

/**
 * Ends a denied call of a `@GrpcStreamCall()` handler, and then never settles. Nest does not catch errors of such
 * handlers, so an error would be an unhandled rejection, which ends the process.
 */
export async function endingCall(call: GrpcStream, guard: () => Promise<boolean>): Promise<boolean> {
  try {
    if (await guard()) return true;
    call.emit('error', { code: GRPC_STATUS.PERMISSION_DENIED, message: 'Forbidden resource' });
  } catch (error) {
    call.emit('error', grpcErrorOf(error));
  }
  return new Promise(() => {});
}

/** Returns the same error as Nest's exception filter: the object of an `RpcException`, or else an internal error. */
function grpcErrorOf(error: unknown): GrpcError | object {
  const getError = property(error, 'getError');
  const given: unknown = typeof getError === 'function' ? Reflect.apply(getError, error, []) : undefined;
  if (typeof given === 'object' && given !== null) return given;
  if (typeof given === 'string') return { message: given };
  new Logger('UnkeyGuard').error(error);
  return { code: GRPC_STATUS.INTERNAL, message: 'Internal server error' };
}
