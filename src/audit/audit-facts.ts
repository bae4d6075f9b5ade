import type { HandlerPolicy } from '../contracts/handler-policy.js';
import { PolicyReader } from '../decorators/policy-reader.js';
import type { AuditedApp, AuditOptions } from './audited-app.js';
import { globalGuards, type GlobalGuard } from './global-guards.js';
import { guardsFields } from './graphql-enhancers.js';
import type { NestModule } from './nest-containers.js';

/** What holds for the whole app, found once for all handlers. */
export interface AuditFacts {
  readonly app: AuditedApp;
  readonly policies: PolicyReader;
  readonly globals: readonly GlobalGuard[];
  /** Whether one of the instances says that every microservice has the app's global guards. */
  readonly inheritsAppConfig: boolean;
  /** The options of the instance that verifies the keys of a handler. */
  optionsOf(policy: HandlerPolicy): AuditOptions;
  /** See {@link guardsFields}. */
  guardsFieldsOf(module: NestModule): boolean | undefined;
}

export function auditFacts(app: AuditedApp): AuditFacts {
  const byModule = new Map<NestModule, boolean | undefined>();
  const { options, instances } = app;
  const named = instances.names().map((name) => instances.find(name)?.options);
  return {
    app,
    policies: new PolicyReader(options, instances),
    globals: globalGuards(app),
    inheritsAppConfig: [options, ...named].some((one) => one?.inheritAppConfig),
    optionsOf: ({ instance }) =>
      (instance === undefined ? undefined : instances.find(instance)?.options) ?? options,
    guardsFieldsOf(module) {
      if (!byModule.has(module)) byModule.set(module, guardsFields(app, module));
      return byModule.get(module);
    },
  };
}
