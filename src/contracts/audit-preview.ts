import type { Type } from '@nestjs/common';
import type { AuditEntry } from './audit-entry.js';

/** Formats a part of a text, as `styleText` of `node:util` does. */
export type Paint = (style: 'bold' | 'red' | 'green' | 'yellow' | 'dim', text: string) => string;

/** How an app's handlers are protected, as far as that can be seen without starting the app. */
export interface AuditPreview {
  readonly entries: readonly AuditEntry[];
  /** The same as a table, with the problems below it. */
  readonly text: string;
  /** What could not be seen, one sentence each. */
  readonly unseen: readonly string[];
}

/** What the command `routes` calls in the app's own copy of this package. */
export type PreviewAudit = (rootModule: Type, paint: Paint) => Promise<AuditPreview>;
