import { requiredPermissions } from '../errors/required-permissions.js';
import type { UnkeyException } from '../errors/unkey.exception.js';

/** The object that WebSocket and RPC clients receive for a denied request. */
export interface RefusalObject {
  readonly status: 'error';
  readonly message: string;
  /** The code of the exception, such as `MISSING_KEY`. */
  readonly code: string;
  /** The HTTP status of the code. */
  readonly statusCode: number;
  /** When to try again, in seconds. */
  readonly retryAfter?: number;
  /** The permission query, if the option `exposeRequiredPermissions` lets the client know it. */
  readonly required?: string;
}

export function refusalObject(denial: UnkeyException): RefusalObject {
  const required = requiredPermissions(denial);
  return {
    status: 'error',
    message: denial.message,
    code: denial.code,
    statusCode: denial.getStatus(),
    ...(denial.retryAfter === undefined ? {} : { retryAfter: denial.retryAfter }),
    ...(required === undefined ? {} : { required }),
  };
}
