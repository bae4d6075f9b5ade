import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { denialOf } from './denial-table.js';
import { toRetryAfter } from './retry-after.js';

const BRAND = Symbol.for('nestjs-unkey:exception');

/** The optional properties of an {@link UnkeyException}. */
export interface UnkeyExceptionInit {
  /** HTTP status; by default the status of the code in {@link DENIALS}. */
  status?: number | undefined;
  /** One sentence for the caller; by default the message of the code in {@link DENIALS}. */
  message?: string | undefined;
  /** The required permissions as a permission query, if the caller may know them. */
  required?: string | undefined;
  /** Unkey's id of the call, if there was one. */
  requestId?: string | undefined;
  /** For the `Retry-After` header, in seconds: rounded up, and limited to 1 to 86,400 (one day). */
  retryAfter?: number | undefined;
  /** The reason. It is printed with the exception, so it must hold no request, no key and no root key. */
  cause?: Error | undefined;
}

/**
 * The base class of every exception that the guard throws. The body is Nest's with `code` added:
 * `{ statusCode, message, error, code }`, and `required` if the caller may know it. Holds no request, no key and no root key.
 */
export class UnkeyException extends HttpException {
  /**
   * Unkey's code, the code of a check of yours, or one of this module: `MISSING_KEY`, `MALFORMED_KEY`,
   * `UNKEY_MISCONFIGURED`, `UNKEY_UNAVAILABLE`.
   */
  readonly code: string;
  /** Unkey's id of the call, for its dashboard and support. */
  readonly requestId: string | undefined;
  /** When to try again, in seconds; `undefined` if that is not known, or if trying again makes no sense. */
  readonly retryAfter: number | undefined;

  constructor(code: string, init: UnkeyExceptionInit = {}) {
    const row = denialOf(code);
    const { status = row.status, message = row.message, required } = init;
    super(
      {
        statusCode: status,
        message,
        error: STATUS_CODES[status] ?? 'Error',
        code,
        ...(required === undefined ? {} : { required }),
      },
      status,
      init.cause === undefined ? {} : { cause: init.cause },
    );
    this.code = code;
    this.requestId = init.requestId;
    this.retryAfter = toRetryAfter(init.retryAfter);
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/**
 * Whether `error` is an {@link UnkeyException}. Unlike `instanceof`, it also recognizes exceptions of another copy of
 * this package in the process, such as the CommonJS build next to the ESM build.
 */
export function isUnkeyException(error: unknown): error is UnkeyException {
  return typeof error === 'object' && error !== null && BRAND in error;
}
