import { Logger } from '@nestjs/common';
import { property } from '../property.js';
import { GRPC_STATUS, type GrpcError } from './grpc-status.js';
import type { GrpcStream } from './grpc.js';

const HOLDS = Symbol.for('nestjs-unkey:holds');

interface HeldStream extends GrpcStream {
  /** How many guards still hold the stream. */
  [HOLDS]?: number;
}

/**
 * Holds the messages of a client stream until the guard has decided. Without it Nest 11 loses those that arrive while
 * a guard waits for an answer, and both majors keep all of them in memory.
 */
export async function holdingStream(stream: HeldStream, guard: () => Promise<boolean>): Promise<boolean> {
  stream[HOLDS] = (stream[HOLDS] ?? 0) + 1;
  stream.pause();
  try {
    return await guard();
  } finally {
    // When the handler has subscribed, Nest replays in a `setImmediate` what came before the guard; the rest follows.
    setImmediate(() => setImmediate(() => release(stream)));
  }
}

function release(stream: HeldStream): void {
  stream[HOLDS] = (stream[HOLDS] ?? 1) - 1;
  if (stream[HOLDS] === 0) stream.resume();
}

/**
 * Ends the call of a `@GrpcStreamCall()` handler that may not run, and then never settles: Nest awaits such handlers
 * without a catch, so an error would be an unhandled rejection, which ends the process.
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

/** What Nest's exception filter would answer: an `RpcException` gives its own object, anything else is internal. */
function grpcErrorOf(error: unknown): GrpcError | object {
  const getError = property(error, 'getError');
  const given: unknown = typeof getError === 'function' ? Reflect.apply(getError, error, []) : undefined;
  if (typeof given === 'object' && given !== null) return given;
  if (typeof given === 'string') return { message: given };
  new Logger('UnkeyGuard').error(error);
  return { code: GRPC_STATUS.INTERNAL, message: 'Internal server error' };
}
