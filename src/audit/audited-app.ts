import type { ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import type { InstanceOptions } from '../decorators/chosen-instance.js';
import type { PolicyOptions } from '../decorators/checked-policy.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import { isNest12 } from './nest-containers.js';

/** The options that the audit reads. */
export type AuditOptions = PolicyOptions &
  Pick<ResolvedUnkeyOptions, 'exclude' | 'skipTransports' | 'inheritAppConfig'>;

/** All that the audit knows of an app. It reads these containers and nothing else, so it works in Nest's preview too. */
export interface AuditedApp {
  readonly modules: ModulesContainer;
  readonly config: ApplicationConfig;
  /** The options of the instance without a name. */
  readonly options: AuditOptions;
  /** The options of the named instances. */
  readonly instances: InstanceOptions<AuditOptions>;
  /** Whether the app serves HTTP; a microservice of its own does not. */
  readonly hasHttpAdapter: boolean;
  /** Whether nothing was instantiated, so that factories have given nothing and no transport is connected. */
  readonly isPreview: boolean;
  readonly isNest12: boolean;
}

/** A running app, or one that is about to run. */
export function runningApp(
  modules: ModulesContainer,
  config: ApplicationConfig,
  host: HttpAdapterHost,
  options: AuditOptions,
  instances: InstanceOptions<AuditOptions>,
): AuditedApp {
  // The adapter is there only after the providers under Test.createTestingModule().
  const hasHttpAdapter = Boolean(host.httpAdapter);
  return { modules, config, options, instances, hasHttpAdapter, isPreview: false, isNest12: isNest12() };
}

/**
 * Whether the app serves nothing, as one made by `NestFactory.createApplicationContext()`: it has neither an HTTP adapter
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
