import type { ApiError } from '../api-error.js';
import { toJson } from '../json-text.js';

/** What an operation returns: `data` and, for lists, `pagination`. */
export interface Answer {
  data?: unknown;
  pagination?: { hasMore: boolean; cursor?: string };
}

/** The body of a success response. */
export function successBody({ data, pagination }: Answer, requestId: string): string {
  const head = data === undefined ? '{' : `{"data":${toJson(data)},`;
  const tail = pagination === undefined ? '}' : `,"pagination":${toJson(pagination)}}`;
  return `${head}"meta":{"requestId":"${requestId}"}${tail}`;
}

/** The body of an error response. */
export function errorBody(error: ApiError, requestId: string): string {
  const { message: detail, errors, status, title } = error;
  const type = `https://unkey.com/docs/errors/${error.type}`;
  return `{"error":${toJson({ detail, errors, status, title, type })},"meta":{"requestId":"${requestId}"}}`;
}
