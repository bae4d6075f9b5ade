import type { Dispatcher } from 'undici';
import type { CallerVerifier } from '../../contracts/verifier.js';
import { cancellationBy } from '../cancellation.js';
import { withCancellation, type CancellableVerify } from '../cancellable-verifier.js';
import type { DispatchQueue } from './dispatch-queue.js';
import { isRetryable } from './is-retryable.js';
import { readResponse } from './read-response.js';

/** The Unkey API to call, and the root key to call it with. */
export interface UnkeyApi {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** Returns `Bearer` and the root key. A function, so that it is not printed by accident. */
  readonly authorization: () => string;
}

/** Verifies keys over HTTP. A request is sent a second time only if that cannot spend anything twice. */
export function httpVerifier(queue: DispatchQueue, { baseUrl, authorization }: UnkeyApi): CallerVerifier {
  const { origin, pathname } = new URL(baseUrl);
  const path = `${pathname.replace(/\/+$/, '')}/v2/keys.verifyKey`;
  const headers = Object.entries({
    authorization: authorization(),
    'content-type': 'application/json',
    accept: 'application/json',
    'user-agent': 'nestjs-unkey',
  }).flat();
  const verify: CancellableVerify = async (request, cancellation, caller) => {
    const call: Dispatcher.DispatchOptions = {
      origin,
      path,
      method: 'POST',
      headers: caller?.clientIp === undefined ? headers : [...headers, 'x-forwarded-for', caller.clientIp],
      body: JSON.stringify(request),
    };
    try {
      return readResponse(await queue.send(call, cancellation));
    } catch (error) {
      if (cancellation.reason !== undefined || !isRetryable(error, request)) throw error;
      return readResponse(await queue.send(call, cancellation));
    }
  };
  return withCancellation(
    (request, signal, caller) => verify(request, cancellationBy(signal), caller),
    verify,
  );
}
