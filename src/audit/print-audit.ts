import type { INestApplicationContext } from '@nestjs/common';
import type { AppAudit } from '../contracts/app-audit.js';
import { UNKEY_AUDIT } from '../options/tokens.js';
import { auditText } from './audit-text.js';

/**
 * Returns the access table of an app as text: one line per handler, with problems marked and listed below together with
 * their cures. Call it after `app.init()` or `app.listen()`.
 *
 * @example
 * console.log(printAudit(app));
 */
export function printAudit(app: INestApplicationContext): string {
  return auditText(app.get<AppAudit>(UNKEY_AUDIT, { strict: false }).list());
}
