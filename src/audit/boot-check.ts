import 'reflect-metadata';
import { isDeepStrictEqual } from 'node:util';
import {
  Inject,
  Injectable,
  Logger,
  type ExecutionContext,
  type OnApplicationBootstrap,
  type OnModuleInit,
  type Type,
} from '@nestjs/common';
import {
  ApplicationConfig,
  DiscoveryService,
  HttpAdapterHost,
  MetadataScanner,
  ModulesContainer,
} from '@nestjs/core';
import type { HandlerPolicy } from '../contracts/handler-policy.js';
import type { Instances } from '../contracts/instances.js';
import { GUARDS_WHOLE_APP } from '../decorators/guard-brand.js';
import { isUnkeyGuardClass, classOfGuard } from '../decorators/guards-metadata.js';
import { PolicyReader, refuseDemands } from '../decorators/policy-reader.js';
import { UnkeyConfigError } from '../errors/unkey-config.error.js';
import { howToSetRootKey } from '../options/no-root-key.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import { UNKEY_INSTANCES, UNKEY_RESOLVED_OPTIONS } from '../options/tokens.js';
import { LimitReader } from '../ratelimit/limit-reader.js';
import { noteSkippedTransports, noteSkippedTransportsOf } from '../transports/skipped-transports.js';
import { refuseSharedGraphqlContext } from './graphql-context.js';
import { isClass, isObject } from './nest-containers.js';
import { RegisteredRoutes } from './registered-routes.js';

/** Checks decorators and options at startup, so that mistakes stop the app instead of reaching callers. */
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
    @Inject(UNKEY_INSTANCES) private readonly instances: Instances<unknown, ResolvedUnkeyOptions>,
    @Inject(PolicyReader) private readonly policies: PolicyReader,
  ) {
    this.#routes = new RegisteredRoutes(host);
  }

  onModuleInit(): void {
    this.#readPolicies();
    this.#notifyGlobalGuards();
    this.#noteSkippedTransports();
    // If the guard skips GraphQL, a shared context confuses no callers.
    const guardsGraphql = this.#allOptions().some(
      ({ skipTransports }) => !skipTransports.includes('graphql'),
    );
    if (guardsGraphql) refuseSharedGraphqlContext(this.modules.values());
  }

  onApplicationBootstrap(): void {
    const patterns = this.#routes.patterns();
    if (patterns === undefined) return;
    for (const { entry, matches } of this.#allOptions().flatMap(({ exclude }) => exclude)) {
      if (patterns.some(matches)) continue;
      this.#logger.warn(
        `Option "exclude": "${entry}" matches no route; write the full pattern, with global prefix and version.`,
      );
    }
  }

  /** The options of every instance. */
  #allOptions(): ResolvedUnkeyOptions[] {
    const named = this.instances.names().flatMap((name) => this.instances.find(name)?.options ?? []);
    return [this.options, ...named];
  }

  /** The options of the instance that verifies the keys of a handler. */
  #optionsOf({ instance }: HandlerPolicy): ResolvedUnkeyOptions {
    return (instance === undefined ? undefined : this.instances.find(instance)?.options) ?? this.options;
  }

  /** Notifies global guards: the built-in one then skips handlers for which Nest runs a subclass of it. */
  #notifyGlobalGuards(): void {
    // A factory for APP_GUARD can return no guard.
    const guards = this.config.getGlobalGuards().filter(isObject);
    const hasUnkeyGuard = guards.some((guard) => isUnkeyGuardClass(classOfGuard(guard)));
    for (const guard of guards) {
      if (GUARDS_WHOLE_APP in guard && typeof guard[GUARDS_WHOLE_APP] === 'function') {
        guard[GUARDS_WHOLE_APP](
          (controller: object) => this.instances.runsGuardsOf(controller),
          hasUnkeyGuard,
        );
      }
    }
  }

  /** For `@UnkeyKey()`. Both controllers and providers can have message handlers. */
  #noteSkippedTransports(): void {
    for (const { instance, metatype } of [
      ...this.discovery.getControllers(),
      ...this.discovery.getProviders(),
    ]) {
      const handlers: unknown = isObject(instance) ? instance.constructor : metatype;
      if (isClass(handlers)) noteSkippedTransports(handlers, this.options.skipTransports);
    }
  }

  /** Reads the policy of every handler, which throws if it is invalid. Resolvers and gateways are providers. */
  #readPolicies(): void {
    const { discovery, policies } = this;
    const limits = new LimitReader(policies);
    const controllers = new Set<unknown>(discovery.getControllers().map(({ metatype }) => metatype));
    for (const { metatype } of [...discovery.getControllers(), ...discovery.getProviders()]) {
      if (!isClass(metatype)) continue;
      for (const name of this.scanner.getAllMethodNames(metatype.prototype)) {
        const handler: unknown = Reflect.get(metatype.prototype, name);
        if (!isHandler(handler)) continue;
        const policy = policies.read(metatype, handler);
        if (limits.read(metatype, handler) !== undefined)
          this.#requireRootKey(metatype, handler, this.#optionsOf(policy));
        if (controllers.has(metatype)) refuseOtherClass(metatype, handler, policy, policies);
        const { access } = policy;
        if (policy.instance !== undefined) {
          noteSkippedTransportsOf(handler, this.#optionsOf(policy).skipTransports);
        }
        // A decorator on the handler or its class takes precedence over the option.
        if (access === undefined && this.#optionsOf(policy).public.includes(metatype)) {
          refuseDemands(handler, `${metatype.name}.${handler.name}`, ' by the option "public"');
        }
      }
    }
  }

  /** An app with its own verifier starts without one, so that tests without a server can replace the guard. */
  #requireRootKey(controller: Type, handler: Function, options: ResolvedUnkeyOptions): void {
    const { rootKey, verifier, name } = options;
    if (rootKey !== undefined || typeof verifier === 'function') return;
    throw new UnkeyConfigError(
      `${controller.name}.${handler.name}: @Ratelimit() needs a root key; ${howToSetRootKey(name)}.`,
    );
  }
}

/** Throws if Nest reports another class of a handler to guards, whose decorators would apply instead. */
function refuseOtherClass(
  metatype: Type & { prototype: object },
  handler: ReturnType<ExecutionContext['getHandler']>,
  policy: HandlerPolicy,
  policies: PolicyReader,
): void {
  const reported: unknown = metatype.prototype.constructor;
  if (reported === metatype || !isClass(reported)) return;
  if (isDeepStrictEqual(policies.read(reported, handler), policy)) return;
  throw new UnkeyConfigError(
    `${metatype.name}.${handler.name}: the decorators of ${metatype.name} have no effect, because "constructor" of its prototype is ${reported.name}. If a mixin copies methods, it must not copy "constructor".`,
  );
}

/** Nest only calls methods with a decorator, and most providers have none. */
function isHandler(value: unknown): value is ReturnType<ExecutionContext['getHandler']> {
  return typeof value === 'function' && Reflect.getMetadataKeys(value).length > 0;
}
