import { property } from '../property.js';

/** `Metadata` of `@grpc/grpc-js`, as far as it is used here. */
export interface GrpcMetadata {
  get(name: string): readonly unknown[];
  set(name: string, value: string): void;
}

/** A call whose client sends a stream of messages. */
export interface GrpcStream {
  readonly metadata: GrpcMetadata;
  pause(): unknown;
  resume(): unknown;
  emit(event: 'error', error: object): boolean;
}

// By shape: importing `@grpc/grpc-js` would make it a dependency of every app.
export function isGrpcMetadata(value: unknown): value is GrpcMetadata {
  return hasMethods(value, ['get', 'set', 'getMap']);
}

/** A client's data has no methods, so it cannot pass for a call. */
export function isGrpcStream(value: unknown): value is GrpcStream {
  return hasMethods(value, ['pause', 'resume', 'emit']) && isGrpcMetadata(property(value, 'metadata'));
}

/**
 * The call that a handler with `@GrpcStreamCall()` gets. Such a handler gets no metadata of its own; if it sends a
 * single answer, its second argument is the callback for it.
 */
export function streamCallOf([call]: readonly unknown[]): GrpcStream | undefined {
  return isGrpcStream(call) ? call : undefined;
}

/** The call behind a handler with `@GrpcStreamMethod()`; Nest already reads its messages while the guards run. */
export function incomingStreamOf([, , call]: readonly unknown[]): GrpcStream | undefined {
  return isGrpcStream(call) ? call : undefined;
}

/** The metadata of a gRPC call; `undefined` on every other transport. */
export function metadataOf(args: readonly unknown[]): GrpcMetadata | undefined {
  const call = streamCallOf(args);
  if (call !== undefined) return call.metadata;
  return isGrpcMetadata(args[1]) ? args[1] : undefined;
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  return names.every((name) => typeof property(value, name) === 'function');
}
