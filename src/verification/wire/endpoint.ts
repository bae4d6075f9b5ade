import type { Dispatcher } from 'undici';
import type { Cancellation } from '../cancellation.js';
import type { DispatchQueue } from './dispatch-queue.js';
import type { WireResponse } from './wire-response.js';

/** The Unkey API to call, and the root key to call it with. */
export interface UnkeyApi {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** Returns `Bearer` and the root key. A function, so that it is not printed by accident. */
  readonly authorization: () => string;
}

/** A call of one operation of Unkey's API. */
export interface EndpointCall {
  /** The body of the request, as JSON. */
  readonly body: string;
  /** The caller's address, for Unkey's IP allow lists. */
  readonly clientIp?: string | undefined;
  /** Whether a call that failed with this error can be sent a second time. */
  readonly isRetryable: (error: unknown) => boolean;
}

/** Returns a function that calls one operation, such as `keys.verifyKey`, and sends a call a second time at most. */
export function endpoint(
  queue: DispatchQueue,
  { baseUrl, authorization }: UnkeyApi,
  operation: string,
): (call: EndpointCall, cancellation: Cancellation) => Promise<WireResponse> {
  const { origin, pathname } = new URL(baseUrl);
  const path = `${pathname.replace(/\/+$/, '')}/v2/${operation}`;
  const headers = Object.entries({
    authorization: authorization(),
    'content-type': 'application/json',
    accept: 'application/json',
    'user-agent': 'nestjs-unkey',
  }).flat();
  return async ({ body, clientIp, isRetryable }, cancellation) => {
    const request: Dispatcher.DispatchOptions = {
      origin,
      path,
      method: 'POST',
      headers: clientIp === undefined ? headers : [...headers, 'x-forwarded-for', clientIp],
      body,
    };
    try {
      return await queue.send(request, cancellation);
    } catch (error) {
      if (cancellation.reason !== undefined || !isRetryable(error)) throw error;
      return queue.send(request, cancellation);
    }
  };
}
