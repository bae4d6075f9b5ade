import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { AppAudit } from '../contracts/app-audit.js';
import { UnkeyConfigError } from '../errors/unkey-config.error.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import { UNKEY_AUDIT, UNKEY_RESOLVED_OPTIONS } from '../options/tokens.js';
import { problemLine } from './audit-text.js';

/** Says at startup which handlers have a problem, as the option `audit` asks for. */
@Injectable()
export class BootAudit implements OnApplicationBootstrap {
  readonly #logger = new Logger('UnkeyModule');

  constructor(
    @Inject(UNKEY_AUDIT) private readonly appAudit: AppAudit,
    @Inject(UNKEY_RESOLVED_OPTIONS) private readonly options: ResolvedUnkeyOptions,
  ) {}

  /** The lists of global guards are complete only now. */
  onApplicationBootstrap(): void {
    const { audit } = this.options;
    if (audit === 'off') return;
    const lines = this.appAudit.problems().map(problemLine);
    if (lines.length === 0) return;
    if (audit === 'throw') {
      const count = `${lines.length} ${lines.length === 1 ? 'handler has a problem' : 'handlers have problems'}`;
      throw new UnkeyConfigError([`UnkeyModule: ${count}:`, ...lines].join('\n  '));
    }
    for (const line of lines) this.#logger.warn(line);
  }
}
