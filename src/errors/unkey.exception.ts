import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { denialOf } from './denial-table.js';
import { toRetryAfter } from './retry-after.js';

const BRAND = Symbol.for('nestjs-unkey:exception');

/** What an {@link UnkeyException} is made of. */
export interface UnkeyExceptionInit {
  /** HTTP status; the denial table's unless given. */
  status?: number | undefined;
  /** One sentence for the caller; the denial table's unless given. */
  message?: string | undefined;
  /** The permission query that the caller is told, where it may be told. */
  required?: string | undefined;
  /** Unkey's id of the call, where it was asked. */
  requestId?: string | undefined;
  /** For the `Retry-After` header, in seconds: rounded up, and held to 1 to 86,400 (a day). */
  retryAfter?: number | undefined;
  /** What we know of the reason. Must hold no request, no key and no root key: it is printed with the exception. */
  cause?: Error | undefined;
}

/**
 * What every refusal of this module extends. The body is Nest's with `code` added:
 * `{ statusCode, message, error, code }`, and `required` where the caller may know it. Holds no request, no key and no root key.
 */
export class UnkeyException extends HttpException {
  /**
   * Unkey's code, the code of a check of yours, or one of this module: `MISSING_KEY`, `MALFORMED_KEY`,
   * `UNKEY_MISCONFIGURED`, `UNKEY_UNAVAILABLE`.
   */
  readonly code: string;
  /** Unkey's id of the call, for its dashboard and support. */
  readonly requestId: string | undefined;
  /** When to try again, in seconds; `undefined` where nobody knows or it makes no sense. */
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
 * Whether `error` is an {@link UnkeyException}, also one of another copy of this package in the process (the ESM
 * and the CommonJS build, say), where `instanceof` says no.
 */
export function isUnkeyException(error: unknown): error is UnkeyException {
  return typeof error === 'object' && error !== null && BRAND in error;
}
