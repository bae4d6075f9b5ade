import { ApiError } from '../api-error.js';
import { errorContentType } from './content-negotiation.js';
import { type Answer, errorBody, successBody } from './envelope.js';

/** An answer as it goes over the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** A success. */
export function success(answer: Answer, requestId: string): Reply {
  return { status: 200, headers: JSON_TYPE, body: successBody(answer, requestId) };
}

/** A refusal, or what is said of an error that is none. */
export function failure(error: unknown, requestId: string, accept: string | undefined): Reply {
  if (!(error instanceof ApiError)) {
    const reason = error instanceof Error ? error.message : String(error);
    const unexpected = new ApiError('unexpectedError', `The emulator failed: ${reason}`);
    return { status: 500, headers: JSON_TYPE, body: errorBody(unexpected, requestId) };
  }
  const type = error.negotiated ? errorContentType(accept) : 'application/json';
  return { status: error.status, headers: { 'Content-Type': type }, body: errorBody(error, requestId) };
}

/** Plain text, as the server's router answers. */
export function plainText(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const always = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };
  return { status, headers: { ...always, ...headers }, body };
}

/** JSON as it stands. */
export function plainJson(body: string): Reply {
  return { status: 200, headers: JSON_TYPE, body };
}
