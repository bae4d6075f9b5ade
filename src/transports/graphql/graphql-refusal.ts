import { IntrinsicException } from '@nestjs/common';
import { requiredPermissions } from '../../errors/required-permissions.js';
import type { UnkeyException } from '../../errors/unkey.exception.js';

/** What GraphQL sends to the client as `extensions` of a refusal. */
export interface GraphqlRefusalExtensions {
  /** Apollo's code for the status where there is one, else our code. */
  code: string;
  /** Our code. */
  reason: string;
  /** The HTTP status that the refusal has over HTTP. The response itself has 200. */
  status: number;
  /** Seconds. */
  retryAfter?: number;
  /** Unkey's id of the verification. */
  requestId?: string;
  /** The permission query, if the option `exposeRequiredPermissions` lets the client know it. */
  required?: string;
}

const APOLLO_CODES: Readonly<Record<number, string>> = { 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN' };

/**
 * A refusal as GraphQL passes it on: any error with `extensions` is. Not an `HttpException`, since Apollo would
 * replace its code and Mercurius would drop it; an `IntrinsicException`, since Nest logs any other error.
 */
export class GraphqlRefusal extends IntrinsicException {
  override readonly name = 'GraphqlRefusal';
  readonly extensions: GraphqlRefusalExtensions;

  constructor(denial: UnkeyException) {
    // As an option of Error, so that it is not enumerable.
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
