import { toRetryAfter } from './retry-after.js';
import { failureOfStatus, type VerificationFailure } from './verification-failure.js';

/**
 * What the rejection of a verifier means. Read by shape, since the SDK's classes are not loaded here: errors of
 * its root `UnkeyError` have a `statusCode`, all others (network, deadline, unparsable text) have none.
 *
 * Only plain facts are taken over. The SDK's errors carry the request and print its headers, so they must never
 * travel on, not even as `cause`.
 */
export function classifyFailure(error: unknown): VerificationFailure {
  if (!isRecord(error)) return { kind: 'unavailable', reason: 'the verifier failed' };
  const status = error['statusCode'];
  if (typeof status === 'number') {
    return failureOfStatus(status, { requestId: requestIdOf(error), retryAfter: retryAfterOf(error) });
  }
  return { kind: 'unavailable', reason: describe(error) };
}

function describe(error: Record<string, unknown>): string {
  const name = typeof error['name'] === 'string' ? error['name'] : 'Error';
  const code = innermostCode(error);
  return code === undefined ? `no answer (${name})` : `no answer (${name}, ${code})`;
}

/** `ECONNREFUSED` and the like stand on the innermost cause; messages are left alone, since they may quote input. */
function innermostCode(error: Record<string, unknown>): string | undefined {
  let found: string | undefined;
  let current: unknown = error;
  for (let depth = 0; depth < 5 && isRecord(current); depth++) {
    if (typeof current['code'] === 'string') found = current['code'];
    current = current['cause'];
  }
  return found;
}

function requestIdOf(error: Record<string, unknown>): string | undefined {
  const meta = error['meta'];
  const requestId = isRecord(meta) ? meta['requestId'] : error['requestId'];
  return typeof requestId === 'string' ? requestId : undefined;
}

function retryAfterOf(error: Record<string, unknown>): number | undefined {
  const { headers, retryAfter } = error;
  return (
    toRetryAfter(retryAfter) ??
    toRetryAfter(headers instanceof Headers ? headers.get('retry-after') : undefined)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
