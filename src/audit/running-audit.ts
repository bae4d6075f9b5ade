import type { ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import type { AppAudit } from '../contracts/app-audit.js';
import type { AuditEntry } from '../contracts/audit-entry.js';
import { runningApp, type AuditOptions } from './audited-app.js';
import { listAccess } from './list-access.js';

/** The audit of a running app, or one that is about to run. */
export class RunningAudit implements AppAudit {
  #usesMiddleware = false;

  constructor(
    private readonly modules: ModulesContainer,
    private readonly config: ApplicationConfig,
    private readonly host: HttpAdapterHost,
    private readonly options: AuditOptions,
  ) {}

  list(): AuditEntry[] {
    const { modules, config, host, options } = this;
    return listAccess({
      ...runningApp(modules, config, host, options),
      usesMiddleware: this.#usesMiddleware,
    });
  }

  noteMiddleware(): void {
    this.#usesMiddleware = true;
  }
}
