import type { ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import type { AppAudit } from '../contracts/app-audit.js';
import type { AuditEntry } from '../contracts/audit-entry.js';
import type { PolicyReader } from '../decorators/policy-reader.js';
import type { AuditedApp, AuditOptions } from './audited-app.js';
import { listAccess, listProblems } from './list-access.js';
import { isNest12 } from './nest-containers.js';

/** The audit of a running app, or one that is about to run. */
export class RunningAudit implements AppAudit {
  #usesMiddleware = false;

  /** @param policies which has read the policies of all handlers at startup already */
  constructor(
    private readonly modules: ModulesContainer,
    private readonly config: ApplicationConfig,
    private readonly host: HttpAdapterHost,
    private readonly options: AuditOptions,
    private readonly policies: PolicyReader,
  ) {}

  list(): AuditEntry[] {
    return listAccess(this.#app());
  }

  problems(): AuditEntry[] {
    return listProblems(this.#app());
  }

  noteMiddleware(): void {
    this.#usesMiddleware = true;
  }

  #app(): AuditedApp {
    const { modules, config, options, policies } = this;
    return {
      modules,
      config,
      options,
      policies,
      // The adapter is there only after the providers under Test.createTestingModule().
      hasHttpAdapter: Boolean(this.host.httpAdapter),
      usesMiddleware: this.#usesMiddleware,
      isPreview: false,
      isNest12: isNest12(),
    };
  }
}
