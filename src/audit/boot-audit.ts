import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { AppAudit } from '../contracts/app-audit.js';
import type { AuditEntry } from '../contracts/audit-entry.js';
import type { Instances } from '../contracts/instances.js';
import { UnkeyConfigError } from '../errors/unkey-config.error.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import { UNKEY_AUDIT, UNKEY_INSTANCES, UNKEY_RESOLVED_OPTIONS } from '../options/tokens.js';
import { problemLine } from './audit-text.js';

/** Reports at startup which handlers have a problem, as the option `audit` says. */
@Injectable()
export class BootAudit implements OnApplicationBootstrap {
  readonly #logger = new Logger('UnkeyModule');

  constructor(
    @Inject(UNKEY_AUDIT) private readonly appAudit: AppAudit,
    @Inject(UNKEY_RESOLVED_OPTIONS) private readonly options: ResolvedUnkeyOptions,
    @Inject(UNKEY_INSTANCES) private readonly instances: Instances<unknown, ResolvedUnkeyOptions>,
  ) {}

  /** The lists of global guards are complete only now. */
  onApplicationBootstrap(): void {
    const named = this.instances.names().map((name) => this.instances.find(name)?.options.audit);
    if ([this.options.audit, ...named].every((audit) => audit === 'off')) return;
    const problems = this.appAudit.problems();
    const linesFor = (audit: ResolvedUnkeyOptions['audit']) =>
      problems.filter((entry) => this.#levelOf(entry) === audit).map(problemLine);
    for (const line of linesFor('warn')) this.#logger.warn(line);
    const lines = linesFor('throw');
    if (lines.length === 0) return;
    const count = `${lines.length} ${lines.length === 1 ? 'handler has a problem' : 'handlers have problems'}`;
    throw new UnkeyConfigError([`UnkeyModule: ${count}:`, ...lines].join('\n  '));
  }

  /** The option `audit` of the instance that verifies the keys of a handler. */
  #levelOf({ instance }: AuditEntry): ResolvedUnkeyOptions['audit'] {
    return (
      (instance === undefined ? undefined : this.instances.find(instance)?.options.audit) ??
      this.options.audit
    );
  }
}
