import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import type { InstanceOptions } from '../decorators/chosen-instance.js';
import type { PolicyOptions } from '../decorators/checked-policy.js';
import type { PolicyReader } from '../decorators/policy-reader.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';

/** The options that the audit reads. */
export type AuditOptions = PolicyOptions &
  Pick<ResolvedUnkeyOptions, 'exclude' | 'skipTransports' | 'inheritAppConfig'>;

/** The input of the audit. It reads only these containers, so it works in Nest's preview too. */
export interface AuditedApp {
  readonly modules: ModulesContainer;
  readonly config: ApplicationConfig;
  /** The options of the instance without a name. */
  readonly options: AuditOptions;
  /** The options of the named instances. */
  readonly instances: InstanceOptions<AuditOptions>;
  readonly policies: PolicyReader;
  /** Whether the app serves HTTP; a microservice of its own does not. */
  readonly hasHttpAdapter: boolean;
  /** Whether the app uses a middleware of this package, which protects routes without a guard. */
  readonly usesMiddleware: boolean;
  /** Whether nothing was instantiated, so that no factory has run and no transport is connected. */
  readonly isPreview: boolean;
  readonly isNest12: boolean;
}

/**
 * Whether the app serves nothing, as one from `NestFactory.createApplicationContext()`: it has neither an HTTP adapter
 * nor a microservice.
 */
export function servesNothing({ modules, hasHttpAdapter, isPreview }: AuditedApp): boolean {
  if (hasHttpAdapter || isPreview) return false;
  let microservices = 0;
  // Replays what has been registered, at once.
  modules
    .getRpcTargetRegistry()
    .subscribe(() => (microservices += 1))
    .unsubscribe();
  return microservices === 0;
}
