import { STATUS_CODES } from 'node:http';
import { ApiError, type ErrorName } from '../api-error.js';
import { errorBody } from '../transport/envelope.js';
import { failure, type Reply, success } from '../transport/reply.js';

const NAMES: Readonly<Record<number, ErrorName>> = {
  400: 'invalidInput',
  401: 'rootKeyNotFound',
  403: 'insufficientPermissions',
  404: 'keyNotFound',
  412: 'preconditionFailed',
  429: 'tooManyRequests',
  500: 'unexpectedError',
};

/** A response with this status as Unkey would send it. If Unkey never sends it, the body is that of a similar error. */
export function statusReply(status: number, requestId: string, accept: string | undefined): Reply {
  if (status === 204 || status === 304) return { status, headers: {}, body: '' };
  if (status < 400) return { ...success({ data: {} }, requestId), status };
  const name = NAMES[status];
  if (name)
    return failure(new ApiError(name, `A fault of the emulator returns ${status}.`), requestId, accept);
  const other = new ApiError('serviceUnavailable', `A fault of the emulator returns ${status}.`);
  const { headers } = failure(other, requestId, accept);
  const title = STATUS_CODES[status] ?? 'Unknown';
  return { status, headers, body: errorBody(Object.assign(other, { status, title }), requestId) };
}
