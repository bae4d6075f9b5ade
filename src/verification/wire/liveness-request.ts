import type { Dispatcher } from 'undici';

/** The request to `GET /v2/liveness`. It contains no root key. */
export function livenessRequest(baseUrl: string): Dispatcher.DispatchOptions {
  const { origin, pathname } = new URL(baseUrl);
  return {
    origin,
    path: `${pathname.replace(/\/+$/, '')}/v2/liveness`,
    method: 'GET',
    headers: ['accept', 'application/json', 'user-agent', 'nestjs-unkey'],
  };
}
