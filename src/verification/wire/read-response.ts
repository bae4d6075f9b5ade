import type { Verification } from '../../contracts/verification.js';
import { toRetryAfter } from '../../errors/retry-after.js';
import { isVerification } from '../read-verification.js';
import { UnexpectedResponseError } from './unexpected-response.error.js';
import type { WireResponse } from './wire-response.js';

/**
 * Reads a verification from a response of Unkey. Unknown fields and codes are accepted; `valid` and `code` must be
 * there and must not contradict each other.
 *
 * @throws UnexpectedResponseError if the response is not a verification
 */
export function readResponse({ status, contentType, retryAfter, text }: WireResponse): Verification {
  const isJson = /^application\/(?:problem\+)?json\s*(?:;|$)/i.test(contentType);
  const body = isJson ? parse(text) : undefined;
  const requestId = requestIdOf(body);
  if (status !== 200) throw new UnexpectedResponseError(status, requestId, toRetryAfter(retryAfter));
  const data = isRecord(body) && !/problem/i.test(contentType) ? body['data'] : undefined;
  if (!isRecord(data)) throw new UnexpectedResponseError(200, requestId);
  if (requestId !== undefined) data['requestId'] = requestId;
  if (!isVerification(data)) throw new UnexpectedResponseError(200, requestId);
  return data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function requestIdOf(body: unknown): string | undefined {
  const meta = isRecord(body) ? body['meta'] : undefined;
  const requestId = isRecord(meta) ? meta['requestId'] : undefined;
  return isText(requestId) ? requestId : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
