import { toRetryAfter } from './retry-after.js';
import { failureOfStatus, type VerificationFailure } from './verification-failure.js';

/**
 * Classifies the error that a verifier rejected with. It checks properties instead of classes, because the SDK is not
 * loaded here: errors that extend the SDK's `UnkeyError` have a `statusCode`, all others (network, deadline, unparsable
 * text) have none.
 *
 * Only the status, names, codes and the request id are copied. The SDK's errors hold the request and print its headers,
 * so they must not be passed on, not even as `cause`.
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
  return code === undefined ? `no response (${name})` : `no response (${name}, ${code})`;
}

/**
 * Returns the code of the innermost cause, such as `ECONNREFUSED`. Messages are not read, because they may quote the
 * request.
 */
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
