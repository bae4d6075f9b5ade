import { PolicyReader } from '../decorators/policy-reader.js';
import { LimitReader } from '../ratelimit/limit-reader.js';
import type { AuditedApp } from './audited-app.js';
import { globalGuards, type GlobalGuard } from './global-guards.js';
import { guardsFields } from './graphql-enhancers.js';
import type { NestModule } from './nest-containers.js';

/** What holds for the whole app, found once for all handlers. */
export interface AuditFacts {
  readonly app: AuditedApp;
  readonly policies: PolicyReader;
  readonly limits: LimitReader;
  readonly globals: readonly GlobalGuard[];
  /** See {@link guardsFields}. */
  guardsFieldsOf(module: NestModule): boolean | undefined;
}

export function auditFacts(app: AuditedApp): AuditFacts {
  const byModule = new Map<NestModule, boolean | undefined>();
  return {
    app,
    policies: new PolicyReader(app.options),
    limits: new LimitReader(app.options),
    globals: globalGuards(app),
    guardsFieldsOf(module) {
      if (!byModule.has(module)) byModule.set(module, guardsFields(app, module));
      return byModule.get(module);
    },
  };
}
