import type { CallerVerifier } from '../../contracts/verifier.js';
import { cancellationBy } from '../cancellation.js';
import { withCancellation, type CancellableVerify } from '../cancellable-verifier.js';
import type { DispatchQueue } from './dispatch-queue.js';
import { endpoint, type UnkeyApi } from './endpoint.js';
import { isRetryable } from './is-retryable.js';
import { readResponse } from './read-response.js';

/** Verifies keys over HTTP. A request is sent a second time only if that cannot spend anything twice. */
export function httpVerifier(queue: DispatchQueue, api: UnkeyApi): CallerVerifier {
  const call = endpoint(queue, api, 'keys.verifyKey');
  const verify: CancellableVerify = async (request, cancellation, caller) =>
    readResponse(
      await call(
        {
          body: JSON.stringify(request),
          clientIp: caller?.clientIp,
          isRetryable: (error) => isRetryable(error, spendsNothing(request)),
        },
        cancellation,
      ),
    );
  return withCancellation(
    (request, signal, caller) => verify(request, cancellationBy(signal), caller),
    verify,
  );
}

/** A limit with `autoApply` can still count. */
function spendsNothing({ credits, ratelimits }: Parameters<CallerVerifier>[0]): boolean {
  return credits?.cost === 0 && ratelimits === undefined;
}
