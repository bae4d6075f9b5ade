import type { Dispatcher } from 'undici';
import type { CallerVerifier } from '../../contracts/verifier.js';
import { cancellationBy } from '../cancellation.js';
import { withDirect, type DirectVerify } from '../direct-verifier.js';
import type { DispatchQueue } from './dispatch-queue.js';
import { mayBeSentAgain } from './may-be-sent-again.js';
import { readAnswer } from './read-answer.js';

/** Where to ask, and as whom. */
export interface Upstream {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** `Bearer` and the root key. Behind a function, so that nothing prints it. */
  readonly authorization: () => string;
}

/** Verifies over HTTP: one request, sent again once at most and only if that can spend nothing twice. */
export function httpVerifier(queue: DispatchQueue, { baseUrl, authorization }: Upstream): CallerVerifier {
  const { origin, pathname } = new URL(baseUrl);
  const path = `${pathname.replace(/\/+$/, '')}/v2/keys.verifyKey`;
  const headers = Object.entries({
    authorization: authorization(),
    'content-type': 'application/json',
    accept: 'application/json',
    'user-agent': 'nestjs-unkey',
  }).flat();
  const verify: DirectVerify = async (request, cancellation, caller) => {
    const call: Dispatcher.DispatchOptions = {
      origin,
      path,
      method: 'POST',
      headers: caller?.clientIp === undefined ? headers : [...headers, 'x-forwarded-for', caller.clientIp],
      body: JSON.stringify(request),
    };
    try {
      return readAnswer(await queue.send(call, cancellation));
    } catch (error) {
      if (cancellation.reason !== undefined || !mayBeSentAgain(error, request)) throw error;
      return readAnswer(await queue.send(call, cancellation));
    }
  };
  return withDirect((request, signal, caller) => verify(request, cancellationBy(signal), caller), verify);
}
