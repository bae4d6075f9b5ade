import { ConfigurableModuleBuilder, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { UnkeyConfigError } from './errors/unkey-config.error.js';
import { concealSecrets } from './options/conceal-secrets.js';
import { shown } from './options/shown-value.js';
import { getUnkeyOptionsToken, UNKEY_OPTIONS } from './options/tokens.js';
import type { UnkeyModuleExtras, UnkeyModuleOptions } from './options/unkey-options.js';
import { UnkeyGuard } from './unkey.guard.js';

const EXTRAS: UnkeyModuleExtras = { isGlobal: true, globalGuard: false, name: undefined };

/** Provides `forRoot` and `forRootAsync` in all their forms. The providers of the module are in unkey.module.ts. */
export const { ConfigurableModuleClass, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<UnkeyModuleOptions>({ optionsInjectionToken: UNKEY_OPTIONS })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createUnkeyOptions')
    .setExtras<UnkeyModuleExtras>(EXTRAS, withExtras)
    .build();

/** The options of `forRootAsync`: `useFactory` with `inject`, `useClass` or `useExisting`; `imports`; and the extras. */
export type UnkeyModuleAsyncOptions = typeof ASYNC_OPTIONS_TYPE;

function withExtras(definition: DynamicModule, extras: UnkeyModuleExtras): DynamicModule {
  for (const flag of ['isGlobal', 'globalGuard'] as const) checkFlag(flag, extras[flag]);
  const { name } = extras;
  checkName(name, extras);
  return {
    ...definition,
    // Like every option, an extra that is `undefined` counts as missing.
    global: extras.isGlobal ?? true,
    exports: [getUnkeyOptionsToken(name)],
    providers: [
      ...(definition.providers ?? []).map((provider) => concealing(provider, name)),
      // The module's own guard, so that overrideProvider(UnkeyGuard) in a test replaces it.
      ...(extras.globalGuard ? [{ provide: APP_GUARD, useExisting: UnkeyGuard }] : []),
    ],
  };
}

/** Checked immediately, because an invalid `globalGuard` could leave the app unprotected. */
function checkFlag(name: string, value: unknown): void {
  if (value === undefined || typeof value === 'boolean') return;
  throw new UnkeyConfigError(
    `UnkeyModule: option "${name}" must be true or false, got ${JSON.stringify(value)}.`,
  );
}

function checkName(name: unknown, { globalGuard }: UnkeyModuleExtras): void {
  if (name === undefined) return;
  if (typeof name !== 'string' || name === '') {
    throw new UnkeyConfigError(
      `UnkeyModule: option "name" must be a string that is not empty, got ${shown(name)}.`,
    );
  }
  if (!globalGuard) return;
  throw new UnkeyConfigError(
    `UnkeyModule ${JSON.stringify(name)}: option "globalGuard" cannot be combined with "name"; set it on the instance without a name, whose guard serves all instances.`,
  );
}

/**
 * Makes the provider of the options return options that can be read, but don't print their root key, and gives it the
 * token of the instance.
 */
function concealing(provider: Provider, name: string | undefined): Provider {
  if (!('provide' in provider) || provider.provide !== UNKEY_OPTIONS) return provider;
  const provide = getUnkeyOptionsToken(name);
  if ('useValue' in provider) return { ...provider, provide, useValue: concealSecrets(provider.useValue) };
  if (!('useFactory' in provider)) return provider;
  const { useFactory } = provider;
  return {
    ...provider,
    provide,
    useFactory: async (...args: unknown[]) => concealSecrets(await useFactory(...args)),
  };
}
