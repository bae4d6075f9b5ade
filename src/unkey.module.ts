import { Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { BootAudit } from './audit/boot-audit.js';
import { BootCheck } from './audit/boot-check.js';
import { UnkeyConfigError } from './errors/unkey-config.error.js';
import { UpgradeRequests } from './transports/ws/upgrade-requests.js';
import { UnkeyRatelimitGuard } from './ratelimit/unkey-ratelimit.guard.js';
import { UnkeyGuard } from './unkey.guard.js';
import {
  ConfigurableModuleClass,
  type OPTIONS_TYPE,
  type UnkeyModuleAsyncOptions,
} from './unkey.module-definition.js';
import { exportsOf, providersOf } from './unkey.providers.js';
import { UnkeyService } from './unkey.service.js';

/**
 * Protects an app with Unkey API keys. Import it once, in the root module.
 *
 * @example
 * @Module({ imports: [UnkeyModule.forRoot({ globalGuard: true })] }) // root key from UNKEY_ROOT_KEY
 * export class AppModule {}
 */
@Module({
  imports: [DiscoveryModule],
  providers: [...providersOf(), UnkeyGuard, UnkeyRatelimitGuard, BootCheck, BootAudit, UpgradeRequests],
  exports: [...exportsOf(), UnkeyService, UnkeyGuard, UnkeyRatelimitGuard],
})
export class UnkeyModule extends ConfigurableModuleClass {
  /**
   * Registers the module with options. Environment variables are read at startup, not when you call this method. Call
   * it once without a `name`, and once for each named instance.
   *
   * @throws UnkeyConfigError at startup, if an option is unknown or invalid, or if there is no root key
   */
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return placed(super.forRoot(optionsObject(options)), options.name);
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
    return placed(super.forRootAsync(optionsObject(options)), options.name);
  }
}

/**
 * The module of each named instance. It leaves out what an app has only once: the guard, the startup checks and the
 * audit.
 */
@Module({ imports: [DiscoveryModule] })
class NamedUnkeyModule {}

/** Moves a registration with a name out of `UnkeyModule`, whose own providers it would repeat. */
function placed(definition: DynamicModule, name: string | undefined): DynamicModule {
  if (name === undefined) return definition;
  return {
    ...definition,
    module: NamedUnkeyModule,
    providers: [...providersOf(name), ...(definition.providers ?? [])],
    exports: [...exportsOf(name), ...(definition.exports ?? [])],
  };
}

/** Checks the argument, which can be anything in JavaScript. Its properties are checked at startup. */
function optionsObject<Options>(options: Options): Options {
  if (typeof options === 'object' && options !== null) return options;
  throw new UnkeyConfigError(`UnkeyModule: the options must be an object, got ${String(options)}.`);
}
