import type { ExecutionContext } from '@nestjs/common';
import type { VerifiedKey } from './verified-key.js';

/** Whether a verified key may be used for this call. Only `true` lets it through. */
export type CheckFunction = (key: VerifiedKey, context: ExecutionContext) => boolean | Promise<boolean>;

/** How a refused check is answered. */
export interface KeyCheckRefusal {
  /** The `code` of the refusal; `FORBIDDEN` unless given. */
  code?: string | undefined;
  /** One sentence for the caller; the denial table's for this code unless given. */
  message?: string | undefined;
  /** A 4xx status; what `statuses` says for this code unless given, else 403. */
  status?: number | undefined;
}

/** A check of every verified key; see the option `checks`. */
export interface KeyCheck extends KeyCheckRefusal {
  check: CheckFunction;
}

/** A check with its answer filled in. */
export interface ResolvedKeyCheck {
  readonly check: CheckFunction;
  readonly code: string;
  readonly status: number;
  /** Absent: the denial table's. */
  readonly message: string | undefined;
}
