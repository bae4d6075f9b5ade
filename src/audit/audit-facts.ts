import type { HandlerPolicy } from '../contracts/handler-policy.js';
import { unkeyGuardsOn } from '../decorators/guards-metadata.js';
import type { PolicyReader } from '../decorators/policy-reader.js';
import { LimitReader } from '../ratelimit/limit-reader.js';
import type { AuditedApp, AuditOptions } from './audited-app.js';
import { globalGuards, type GlobalGuard } from './global-guards.js';
import { guardsFields } from './graphql-enhancers.js';
import type { Class, NestModule } from './nest-containers.js';

/** What holds for the whole app, found once for all handlers. */
export interface AuditFacts {
  readonly app: AuditedApp;
  readonly policies: PolicyReader;
  readonly limits: LimitReader;
  readonly globals: readonly GlobalGuard[];
  /** Whether an instance has `inheritAppConfig: true`: every microservice has the app's global guards. */
  readonly inheritsAppConfig: boolean;
  /** The options of the instance that verifies the keys of a handler. */
  optionsOf(policy: HandlerPolicy): AuditOptions;
  /** Whether `@UseGuards()` names a guard of ours on a class. */
  hasClassGuard(controller: Class): boolean;
  /** See {@link guardsFields}. */
  guardsFieldsOf(module: NestModule): boolean | undefined;
}

export function auditFacts(app: AuditedApp): AuditFacts {
  const byModule = new Map<NestModule, boolean | undefined>();
  const guarded = new Map<Class, boolean>();
  const { options, instances } = app;
  const named = instances.names().map((name) => instances.find(name)?.options);
  return {
    app,
    policies: app.policies,
    limits: new LimitReader(app.policies),
    globals: globalGuards(app),
    inheritsAppConfig: [options, ...named].some((one) => one?.inheritAppConfig),
    optionsOf: ({ instance }) =>
      (instance === undefined ? undefined : instances.find(instance)?.options) ?? options,
    hasClassGuard(controller) {
      const known = guarded.get(controller);
      if (known !== undefined) return known;
      const has = unkeyGuardsOn(controller).length > 0;
      guarded.set(controller, has);
      return has;
    },
    guardsFieldsOf(module) {
      if (!byModule.has(module)) byModule.set(module, guardsFields(app, module));
      return byModule.get(module);
    },
  };
}
