import type { Verification } from '../../contracts/verification.js';
import { toRetryAfter } from '../../errors/retry-after.js';
import { isVerification } from '../read-verification.js';
import { RefusalError } from './refusal.error.js';
import type { WireAnswer } from './wire-answer.js';

/**
 * What Unkey said: tolerant of fields and codes that nobody knows yet, strict in what decides and in the types of
 * what handlers rely on.
 *
 * @throws RefusalError for every answer that is no verdict
 */
export function readAnswer({ status, contentType, retryAfter, text }: WireAnswer): Verification {
  const isJson = /^application\/(?:problem\+)?json\s*(?:;|$)/i.test(contentType);
  const body = isJson ? parse(text) : undefined;
  const requestId = requestIdOf(body);
  if (status !== 200) throw new RefusalError(status, requestId, toRetryAfter(retryAfter));
  const data = isRecord(body) && !/problem/i.test(contentType) ? body['data'] : undefined;
  if (!isRecord(data)) throw new RefusalError(200, requestId);
  if (requestId !== undefined) data['requestId'] = requestId;
  if (!isVerification(data)) throw new RefusalError(200, requestId);
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
