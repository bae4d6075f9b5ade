import { ConfigurableModuleBuilder, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { UnkeyConfigError } from './errors/unkey-config.error.js';
import { concealSecrets } from './options/conceal-secrets.js';
import { UNKEY_OPTIONS } from './options/tokens.js';
import type { UnkeyModuleExtras, UnkeyModuleOptions } from './options/unkey-options.js';
import { UnkeyGuard } from './unkey.guard.js';

const EXTRAS: UnkeyModuleExtras = { isGlobal: true, globalGuard: false };

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
  for (const name of ['isGlobal', 'globalGuard'] as const) checkFlag(name, extras[name]);
  return {
    ...definition,
    // Like every option, an extra that is `undefined` counts as missing.
    global: extras.isGlobal ?? true,
    exports: [UNKEY_OPTIONS],
    providers: [
      ...(definition.providers ?? []).map(concealing),
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

/** Makes the provider of `UNKEY_OPTIONS` return options that can be read, but don't print their root key. */
function concealing(provider: Provider): Provider {
  if (!('provide' in provider) || provider.provide !== UNKEY_OPTIONS) return provider;
  if ('useValue' in provider) return { ...provider, useValue: concealSecrets(provider.useValue) };
  if (!('useFactory' in provider)) return provider;
  const { useFactory } = provider;
  return { ...provider, useFactory: async (...args: unknown[]) => concealSecrets(await useFactory(...args)) };
}
