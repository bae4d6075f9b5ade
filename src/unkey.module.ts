import { Module, type DynamicModule } from '@nestjs/common';
import {
  APP_FILTER,
  ApplicationConfig,
  DiscoveryModule,
  HttpAdapterHost,
  ModulesContainer,
} from '@nestjs/core';
import type { Unkey } from '@unkey/api';
import { BootAudit } from './audit/boot-audit.js';
import { BootCheck } from './audit/boot-check.js';
import { RunningAudit } from './audit/running-audit.js';
import type { CallerVerifier } from './contracts/verifier.js';
import { PolicyReader } from './decorators/policy-reader.js';
import { UnkeyConfigError } from './errors/unkey-config.error.js';
import { ProblemDetailsFilter } from './errors/problem-details.filter.js';
import type { ResolvedUnkeyOptions } from './options/resolved-options.js';
import {
  UNKEY_AUDIT,
  UNKEY_CACHE,
  UNKEY_CLIENT,
  UNKEY_EVENTS,
  UNKEY_INVALIDATIONS,
  UNKEY_OPTIONS,
  UNKEY_RESOLVED_OPTIONS,
  UNKEY_SERVICE,
  UNKEY_VERIFIER,
  UNKEY_WIRE,
} from './options/tokens.js';
import { resolveWithDefaults } from './resolve-with-defaults.js';
import { Gateways } from './transports/ws/gateways.js';
import { UpgradeRequests } from './transports/ws/upgrade-requests.js';
import { UnkeyRatelimitGuard } from './ratelimit/unkey-ratelimit.guard.js';
import { UnkeyGuard } from './unkey.guard.js';
import {
  ConfigurableModuleClass,
  type OPTIONS_TYPE,
  type UnkeyModuleAsyncOptions,
} from './unkey.module-definition.js';
import { UnkeyService } from './unkey.service.js';
import { absentClient, createClient } from './verification/sdk-client.js';
import { Invalidations } from './verification/invalidations.js';
import { invalidatedBy } from './verification/cache/invalidated-by.js';
import { openCache } from './verification/cache/open-cache.js';
import type { VerificationCache } from './verification/cache/verification-cache.js';
import type { CallListener } from './verification/sdk-client.js';
import { VerificationEvents } from './telemetry/verification-events.js';
import type { HttpWire } from './verification/wire/http-wire.js';
import { openWire } from './verification/wire/open-wire.js';
import { sdkVerifier } from './verification/sdk.verifier.js';

/**
 * Protects an app with Unkey API keys. Import it once, in the root module.
 *
 * @example
 * @Module({ imports: [UnkeyModule.forRoot({ globalGuard: true })] }) // root key from UNKEY_ROOT_KEY
 * export class AppModule {}
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    {
      provide: UNKEY_RESOLVED_OPTIONS,
      useFactory: (options: unknown) => resolveWithDefaults(options),
      inject: [{ token: UNKEY_OPTIONS, optional: true }],
    },
    {
      provide: UNKEY_EVENTS,
      useFactory: () => new VerificationEvents(),
    },
    {
      provide: UNKEY_CACHE,
      useFactory: openCache,
      inject: [UNKEY_RESOLVED_OPTIONS, UNKEY_EVENTS],
    },
    {
      provide: UNKEY_INVALIDATIONS,
      useFactory: (options: ResolvedUnkeyOptions, cache?: VerificationCache) =>
        new Invalidations(options, cache),
      inject: [UNKEY_RESOLVED_OPTIONS, UNKEY_CACHE],
    },
    {
      provide: UNKEY_CLIENT,
      useFactory: (options: ResolvedUnkeyOptions, invalidations: Invalidations) =>
        options.client === false
          ? absentClient()
          : (options.client?.() ?? createClient(options, observing(invalidations))),
      inject: [UNKEY_RESOLVED_OPTIONS, UNKEY_INVALIDATIONS],
    },
    {
      provide: UNKEY_WIRE,
      useFactory: openWire,
      inject: [UNKEY_RESOLVED_OPTIONS],
    },
    {
      provide: UNKEY_VERIFIER,
      useFactory: ({ verifier }: ResolvedUnkeyOptions, client: Unkey, wire?: HttpWire): CallerVerifier => {
        if (typeof verifier === 'function') return verifier;
        return wire?.verify ?? sdkVerifier(client);
      },
      inject: [UNKEY_RESOLVED_OPTIONS, UNKEY_CLIENT, UNKEY_WIRE],
    },
    {
      provide: APP_FILTER,
      // Nest ignores an `undefined` filter.
      useFactory: ({ problemDetails }: ResolvedUnkeyOptions, host: HttpAdapterHost) =>
        problemDetails ? new ProblemDetailsFilter(host) : undefined,
      inject: [UNKEY_RESOLVED_OPTIONS, HttpAdapterHost],
    },
    {
      provide: UNKEY_AUDIT,
      useFactory: (
        modules: ModulesContainer,
        config: ApplicationConfig,
        host: HttpAdapterHost,
        options: ResolvedUnkeyOptions,
        policies: PolicyReader,
      ) => new RunningAudit(modules, config, host, options, policies),
      inject: [ModulesContainer, ApplicationConfig, HttpAdapterHost, UNKEY_RESOLVED_OPTIONS, PolicyReader],
    },
    {
      provide: PolicyReader,
      useFactory: (options: ResolvedUnkeyOptions) => new PolicyReader(options),
      inject: [UNKEY_RESOLVED_OPTIONS],
    },
    UnkeyService,
    { provide: UNKEY_SERVICE, useExisting: UnkeyService },
    UnkeyGuard,
    UnkeyRatelimitGuard,
    BootCheck,
    Gateways,
    BootAudit,
    UpgradeRequests,
  ],
  exports: [
    UNKEY_RESOLVED_OPTIONS,
    UNKEY_AUDIT,
    UNKEY_CLIENT,
    UNKEY_VERIFIER,
    UNKEY_SERVICE,
    UnkeyService,
    UnkeyGuard,
    UnkeyRatelimitGuard,
  ],
})
export class UnkeyModule extends ConfigurableModuleClass {
  /**
   * Registers the module with options. Environment variables are read at startup, not when you call this method.
   *
   * @throws UnkeyConfigError at startup, if an option is unknown or invalid, or if there is no root key
   */
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return super.forRoot(optionsObject(options));
  }

  /**
   * Registers the module with options from a factory, a class or an existing provider.
   *
   * @throws UnkeyConfigError for the same reasons as {@link forRoot}
   * @example
   * UnkeyModule.forRootAsync({
   *   globalGuard: true,
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({ rootKey: config.getOrThrow('UNKEY_ROOT_KEY') }),
   * })
   */
  static override forRootAsync(options: UnkeyModuleAsyncOptions): DynamicModule {
    return super.forRootAsync(optionsObject(options));
  }
}

/** Invalidates cached verifications of keys that the app changes with the injected client. */
function observing(invalidations: Invalidations): CallListener {
  return async (path, body) => {
    const invalidated = invalidatedBy(path, body);
    if (invalidated !== undefined) await invalidations.invalidate(invalidated);
  };
}

/** Checks the argument, which can be anything in JavaScript. Its properties are checked at startup. */
function optionsObject<Options>(options: Options): Options {
  if (typeof options === 'object' && options !== null) return options;
  throw new UnkeyConfigError(`UnkeyModule: the options must be an object, got ${String(options)}.`);
}
