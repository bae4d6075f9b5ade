import type { UnkeyException } from '../../errors/unkey.exception.js';

/**
 * Nest's `RpcException`, whose object the client receives. Loaded on the first refusal, so that apps without
 * microservices need not install `@nestjs/microservices`. It is the copy beside `@nestjs/core`, which is the one that
 * Nest's own exception filter compares with.
 */
export async function rpcException(error: object, cause: UnkeyException): Promise<Error> {
  const RpcException = await load();
  // Without the package no client could receive an object, so Nest answers the exception like any other error.
  if (RpcException === undefined) return cause;
  // Not enumerable: Nest writes the exception of a refused event to the log.
  return Object.defineProperty(new RpcException(error), 'cause', { value: cause, enumerable: false });
}

async function load(): Promise<(new (error: object) => Error) | undefined> {
  // Bundlers accept a package that is missing only inside of `try`.
  try {
    return (await import('@nestjs/microservices')).RpcException;
  } catch {
    return undefined;
  }
}
