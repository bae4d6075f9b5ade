import type { ExecutionContext } from '@nestjs/common';
import type { VerifiedKey } from './verified-key.js';

/** Whether a verified key may be used for this call. Only `true` lets it through. */
export type CheckFunction = (key: VerifiedKey, context: ExecutionContext) => boolean | Promise<boolean>;

/** The response to a request whose key fails a check. */
export interface KeyCheckRefusal {
  /** The `code` of the response. Default: `FORBIDDEN`. */
  code?: string | undefined;
  /** One sentence for the caller. Default: the message of the code in {@link DENIALS}. */
  message?: string | undefined;
  /** A 4xx status. Default: the status of the code in the option `statuses`, or else 403. */
  status?: number | undefined;
}

/** A check of every verified key; see the option `checks`. */
export interface KeyCheck extends KeyCheckRefusal {
  check: CheckFunction;
}

/** A check with its defaults filled in. */
export interface ResolvedKeyCheck {
  readonly check: CheckFunction;
  readonly code: string;
  readonly status: number;
  /** `undefined`: the message of the code in {@link DENIALS}. */
  readonly message: string | undefined;
}
