import type { AuditEntry } from './audit-entry.js';

/** What is known of how the handlers of an app are protected. */
export interface AppAudit {
  /** Lists every handler; see `UnkeyService.audit()`. */
  list(): AuditEntry[];
  /** Lists the handlers with a problem alone. */
  problems(): AuditEntry[];
  /** Tells the audit that keys are verified without a guard, such as in a middleware, which it cannot see by itself. */
  noteMiddleware(): void;
}
