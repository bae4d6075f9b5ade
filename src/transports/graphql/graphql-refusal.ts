import { IntrinsicException } from '@nestjs/common';
import { requiredPermissions } from '../../errors/required-permissions.js';
import type { UnkeyException } from '../../errors/unkey.exception.js';

/** The `extensions` of the GraphQL error for a denied request. */
export interface GraphqlRefusalExtensions {
  /** Apollo's code for the status if it has one, or else the same as `reason`. */
  code: string;
  /** The code of the exception, such as `MISSING_KEY`. */
  reason: string;
  /** The HTTP status of the code. The response itself has the status 200. */
  status: number;
  /** When to try again, in seconds. */
  retryAfter?: number;
  /** Unkey's id of the verification. */
  requestId?: string;
  /** The permission query, if the option `exposeRequiredPermissions` lets the client know it. */
  required?: string;
}

const APOLLO_CODES: Readonly<Record<number, string>> = { 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN' };

/**
 * The GraphQL error for a denied request. Apollo and Mercurius pass on any error with `extensions`. It is not an
 * `HttpException`, because Apollo would replace its code and Mercurius would drop it. It is an `IntrinsicException`,
 * because Nest logs every other error.
 */
export class GraphqlRefusal extends IntrinsicException {
  override readonly name = 'GraphqlRefusal';
  readonly extensions: GraphqlRefusalExtensions;

  constructor(denial: UnkeyException) {
    // `cause` as an option of Error is not enumerable.
    super(denial.message, { cause: denial });
    const { code, requestId, retryAfter } = denial;
    const status = denial.getStatus();
    const required = requiredPermissions(denial);
    this.extensions = {
      code: APOLLO_CODES[status] ?? code,
      reason: code,
      status,
      ...(retryAfter === undefined ? {} : { retryAfter }),
      ...(requestId === undefined ? {} : { requestId }),
      ...(required === undefined ? {} : { required }),
    };
  }
}
