import 'reflect-metadata';
import {
  Inject,
  Injectable,
  Logger,
  type ExecutionContext,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import {
  ApplicationConfig,
  DiscoveryService,
  HttpAdapterHost,
  MetadataScanner,
  ModulesContainer,
} from '@nestjs/core';
import { GUARDS_WHOLE_APP } from '../decorators/guard-brand.js';
import { PolicyReader, refuseDemands } from '../decorators/policy-reader.js';
import { UnkeyConfigError } from '../errors/unkey-config.error.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import { UNKEY_RESOLVED_OPTIONS } from '../options/tokens.js';
import { noteSkippedTransports } from '../transports/skipped-transports.js';
import { refuseSharedGraphqlContext } from './graphql-context.js';
import { isClass, isObject } from './nest-containers.js';
import { RegisteredRoutes } from './registered-routes.js';

/** Finds at boot what would otherwise be found by a caller: a decorator that cannot be meant, a second registration. */
@Injectable()
export class BootCheck implements OnModuleInit, OnApplicationBootstrap {
  readonly #logger = new Logger('UnkeyModule');
  readonly #routes: RegisteredRoutes;

  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(MetadataScanner) private readonly scanner: MetadataScanner,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(ApplicationConfig) private readonly config: ApplicationConfig,
    @Inject(HttpAdapterHost) host: HttpAdapterHost,
    @Inject(UNKEY_RESOLVED_OPTIONS) private readonly options: ResolvedUnkeyOptions,
  ) {
    this.#refuseSecondRegistration();
    this.#routes = new RegisteredRoutes(host);
  }

  onModuleInit(): void {
    this.#readPolicies();
    this.#noteSkippedTransports();
    // Without a guard nobody is taken for anybody.
    if (!this.options.skipTransports.includes('graphql')) refuseSharedGraphqlContext(this.modules.values());
    this.#tellGlobalGuards();
  }

  onApplicationBootstrap(): void {
    const patterns = this.#routes.patterns();
    if (patterns === undefined) return;
    for (const { entry, matches } of this.options.exclude) {
      if (patterns.some(matches)) continue;
      this.#logger.warn(
        `"exclude" has "${entry}", which matches no route; give the whole pattern, global prefix and version included.`,
      );
    }
  }

  #refuseSecondRegistration(): void {
    const registrations = [...this.modules.values()].filter((module) =>
      module.providers.has(UNKEY_RESOLVED_OPTIONS),
    );
    if (registrations.length > 1) {
      throw new UnkeyConfigError(
        `UnkeyModule is imported ${registrations.length} times in this app; call forRoot() or forRootAsync() once, in the root module, and import it nowhere else.`,
      );
    }
  }

  /** A built-in guard that guards the whole app leaves handlers to a subclass that stands on them. */
  #tellGlobalGuards(): void {
    // A factory for APP_GUARD may give no guard.
    for (const guard of this.config.getGlobalGuards().filter(isObject)) {
      if (GUARDS_WHOLE_APP in guard && typeof guard[GUARDS_WHOLE_APP] === 'function')
        guard[GUARDS_WHOLE_APP]();
    }
  }

  /** For `@UnkeyKey()`; handlers of messages stand in controllers and in providers. */
  #noteSkippedTransports(): void {
    for (const { instance, metatype } of [
      ...this.discovery.getControllers(),
      ...this.discovery.getProviders(),
    ]) {
      const handlers: unknown = isObject(instance) ? instance.constructor : metatype;
      if (isClass(handlers)) noteSkippedTransports(handlers, this.options.skipTransports);
    }
  }

  /** Reads the policy of every handler, and throws if it contradicts itself. Resolvers and gateways are providers. */
  #readPolicies(): void {
    const policies = new PolicyReader(this.options);
    const { discovery } = this;
    for (const { metatype } of [...discovery.getControllers(), ...discovery.getProviders()]) {
      if (!isClass(metatype)) continue;
      for (const name of this.scanner.getAllMethodNames(metatype.prototype)) {
        const handler: unknown = Reflect.get(metatype.prototype, name);
        if (!isHandler(handler)) continue;
        const { access } = policies.read(metatype, handler);
        // A decorator of the handler or its class beats the option.
        if (access === undefined && this.options.public.includes(metatype)) {
          refuseDemands(handler, `${metatype.name}.${handler.name}`, ' by the option "public"');
        }
      }
    }
  }
}

/** Nest calls no method without a decorator, and most providers have none with one. */
function isHandler(value: unknown): value is ReturnType<ExecutionContext['getHandler']> {
  return typeof value === 'function' && Reflect.getMetadataKeys(value).length > 0;
}
