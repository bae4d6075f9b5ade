import { toRetryAfter } from '../../errors/retry-after.js';
import { UnexpectedResponseError } from './unexpected-response.error.js';
import type { WireResponse } from './wire-response.js';

/** The `data` of a response of Unkey, and its id of the call. */
export interface ResponseData {
  readonly data: Record<string, unknown>;
  readonly requestId: string | undefined;
}

/**
 * Reads the envelope of a successful response.
 *
 * @throws UnexpectedResponseError if the response is not one
 */
export function readData({ status, contentType, retryAfter, text }: WireResponse): ResponseData {
  const isJson = /^application\/(?:problem\+)?json\s*(?:;|$)/i.test(contentType);
  const body = isJson ? parse(text) : undefined;
  const requestId = requestIdOf(body);
  if (status !== 200) throw new UnexpectedResponseError(status, requestId, toRetryAfter(retryAfter));
  const data = isRecord(body) && !/problem/i.test(contentType) ? body['data'] : undefined;
  if (!isRecord(data)) throw new UnexpectedResponseError(200, requestId);
  return { data, requestId };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
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
