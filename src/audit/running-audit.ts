import type { ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import type { AppAudit } from '../contracts/app-audit.js';
import type { AuditEntry } from '../contracts/audit-entry.js';
import type { PolicyReader } from '../decorators/policy-reader.js';
import type { AuditedApp, AuditOptions } from './audited-app.js';
import { listAccess, listProblems } from './list-access.js';
import { isNest12 } from './nest-containers.js';

/** The audit of a running app, or one that is about to run. */
export class RunningAudit implements AppAudit {
  // Private fields: printing a service that holds the audit must not print all containers of the app.
  readonly #modules: ModulesContainer;
  readonly #config: ApplicationConfig;
  readonly #host: HttpAdapterHost;
  readonly #options: AuditOptions;
  readonly #policies: PolicyReader;
  #usesMiddleware = false;

  /** @param policies which has read the policies of all handlers at startup already */
  constructor(
    modules: ModulesContainer,
    config: ApplicationConfig,
    host: HttpAdapterHost,
    options: AuditOptions,
    policies: PolicyReader,
  ) {
    this.#modules = modules;
    this.#config = config;
    this.#host = host;
    this.#options = options;
    this.#policies = policies;
  }

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
    return {
      modules: this.#modules,
      config: this.#config,
      options: this.#options,
      policies: this.#policies,
      // The adapter is there only after the providers under Test.createTestingModule().
      hasHttpAdapter: Boolean(this.#host.httpAdapter),
      usesMiddleware: this.#usesMiddleware,
      isPreview: false,
      isNest12: isNest12(),
    };
  }
}
