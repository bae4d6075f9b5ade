import type { UnkeyException } from '../../errors/unkey.exception.js';

/**
 * Creates Nest's `RpcException`, whose object the client receives. The class is imported on the first denial, so that
 * apps without microservices don't need `@nestjs/microservices`. It is the copy next to `@nestjs/core`, because Nest's
 * own exception filter compares with that one.
 */
export async function rpcException(error: object, cause: UnkeyException): Promise<Error> {
  const RpcException = await load();
  // Without the package no client can receive an object, so Nest handles the exception like any other error.
  if (RpcException === undefined) return cause;
  // Not enumerable, because Nest logs the exception of a denied event.
  return Object.defineProperty(new RpcException(error), 'cause', { value: cause, enumerable: false });
}

async function load(): Promise<(new (error: object) => Error) | undefined> {
  // Bundlers accept a missing package only inside of `try`.
  try {
    return (await import('@nestjs/microservices')).RpcException;
  } catch {
    return undefined;
  }
}
