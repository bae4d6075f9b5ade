import type { ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import type { AppAudit } from '../contracts/app-audit.js';
import type { AuditEntry } from '../contracts/audit-entry.js';
import type { InstanceOptions } from '../decorators/chosen-instance.js';
import { PolicyReader } from '../decorators/policy-reader.js';
import type { AuditedApp, AuditOptions } from './audited-app.js';
import type { Decision } from './decide.js';
import { listAccess, listDecisions, listProblems } from './list-access.js';
import { isNest12 } from './nest-containers.js';

/** The audit of a running app, or one that is about to run. */
export class RunningAudit implements AppAudit {
  #usesMiddleware = false;
  // Private fields, because printing them would show the whole app.
  readonly #modules: ModulesContainer;
  readonly #instances: InstanceOptions<AuditOptions>;

  /** @param policies which has read the policies of all handlers at startup already */
  constructor(
    modules: ModulesContainer,
    private readonly config: ApplicationConfig,
    private readonly host: HttpAdapterHost,
    private readonly options: AuditOptions,
    private readonly policies: PolicyReader,
    instances: InstanceOptions<AuditOptions>,
  ) {
    this.#modules = modules;
    this.#instances = instances;
  }

  list(): AuditEntry[] {
    return listAccess(this.#app());
  }

  /** What the entries of {@link list} are made from. */
  decisions(): Decision[] {
    return listDecisions(this.#app());
  }

  problems(): AuditEntry[] {
    return listProblems(this.#app());
  }

  noteMiddleware(): void {
    this.#usesMiddleware = true;
  }

  #app(): AuditedApp {
    const { config } = this;
    const [modules, instances] = [this.#modules, this.#instances];
    // The service of a named instance lists the same as that of the one without a name.
    const options = instances.find(undefined)?.options ?? this.options;
    const policies = options === this.options ? this.policies : new PolicyReader(options, instances);
    return {
      modules,
      config,
      options,
      instances,
      policies,
      // The adapter is there only after the providers under Test.createTestingModule().
      hasHttpAdapter: Boolean(this.host.httpAdapter),
      usesMiddleware: this.#usesMiddleware,
      isPreview: false,
      isNest12: isNest12(),
    };
  }
}
