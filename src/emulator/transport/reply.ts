import { ApiError } from '../api-error.js';
import { errorContentType } from './content-negotiation.js';
import { type Answer, errorBody, successBody } from './envelope.js';

/** A response as it is sent. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** A success response. */
export function success(answer: Answer, requestId: string): Reply {
  return { status: 200, headers: JSON_TYPE, body: successBody(answer, requestId) };
}

/** An error response: for an `ApiError` as it says, for any other error 500. */
export function failure(error: unknown, requestId: string, accept: string | undefined): Reply {
  if (!(error instanceof ApiError)) {
    const reason = error instanceof Error ? error.message : String(error);
    const unexpected = new ApiError('unexpectedError', `The emulator failed: ${reason}`);
    return { status: 500, headers: JSON_TYPE, body: errorBody(unexpected, requestId) };
  }
  const type = error.negotiated ? errorContentType(accept) : 'application/json';
  return { status: error.status, headers: { 'Content-Type': type }, body: errorBody(error, requestId) };
}

/** A plain text response, as the server's router sends it. */
export function plainText(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const always = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };
  return { status, headers: { ...always, ...headers }, body };
}

/** A 200 response with this body, unchanged. */
export function plainJson(body: string): Reply {
  return { status: 200, headers: JSON_TYPE, body };
}
