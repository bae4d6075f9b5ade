import type { AuditEntry } from './audit-entry.js';

/** How the handlers of an app are protected. */
export interface AppAudit {
  /** Lists every handler; see `UnkeyService.audit()`. */
  list(): AuditEntry[];
  /** Lists the handlers with a problem alone. */
  problems(): AuditEntry[];
  /** Notes that keys are verified without a guard, such as in a middleware, which the audit cannot detect. */
  noteMiddleware(): void;
}
