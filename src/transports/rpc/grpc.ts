import { property } from '../property.js';

/** The methods of `Metadata` of `@grpc/grpc-js` that are used here. */
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

// Checks methods, because importing `@grpc/grpc-js` would make it a dependency of every app.
export function isGrpcMetadata(value: unknown): value is GrpcMetadata {
  return hasMethods(value, ['get', 'set', 'getMap']);
}

/** Data from a client has no methods, so it is never mistaken for a call. */
export function isGrpcStream(value: unknown): value is GrpcStream {
  return hasMethods(value, ['pause', 'resume', 'emit']) && isGrpcMetadata(property(value, 'metadata'));
}

/**
 * Returns the call that a handler with `@GrpcStreamCall()` gets. Such a handler gets no metadata argument. If it sends a
 * single response, its second argument is the callback.
 */
export function streamCallOf([call]: readonly unknown[]): GrpcStream | undefined {
  return isGrpcStream(call) ? call : undefined;
}

/** Returns the call of a handler with `@GrpcStreamMethod()`. Nest already reads its messages while the guards run. */
export function incomingStreamOf([, , call]: readonly unknown[]): GrpcStream | undefined {
  return isGrpcStream(call) ? call : undefined;
}

/** Returns the metadata of a gRPC call; `undefined` on every other transport. */
export function metadataOf(args: readonly unknown[]): GrpcMetadata | undefined {
  const call = streamCallOf(args);
  if (call !== undefined) return call.metadata;
  return isGrpcMetadata(args[1]) ? args[1] : undefined;
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  return names.every((name) => typeof property(value, name) === 'function');
}
