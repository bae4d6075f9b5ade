import { ConfigurableModuleBuilder, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { UnkeyConfigError } from './errors/unkey-config.error.js';
import { concealSecrets } from './options/conceal-secrets.js';
import { UNKEY_OPTIONS } from './options/tokens.js';
import type { UnkeyModuleExtras, UnkeyModuleOptions } from './options/unkey-options.js';
import { UnkeyGuard } from './unkey.guard.js';

const EXTRAS: UnkeyModuleExtras = { isGlobal: true, globalGuard: false };

/** `forRoot` and `forRootAsync` in all their forms; what is in the module stands in unkey.module.ts. */
export const { ConfigurableModuleClass, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<UnkeyModuleOptions>({ optionsInjectionToken: UNKEY_OPTIONS })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createUnkeyOptions')
    .setExtras<UnkeyModuleExtras>(EXTRAS, withExtras)
    .build();

/** What `forRootAsync` takes: `useFactory` with `inject`, `useClass` or `useExisting`; `imports`; and the extras. */
export type UnkeyModuleAsyncOptions = typeof ASYNC_OPTIONS_TYPE;

function withExtras(definition: DynamicModule, extras: UnkeyModuleExtras): DynamicModule {
  for (const name of ['isGlobal', 'globalGuard'] as const) checkFlag(name, extras[name]);
  return {
    ...definition,
    // An extra that is given as `undefined` is absent, like every option.
    global: extras.isGlobal ?? true,
    exports: [UNKEY_OPTIONS],
    providers: [
      ...(definition.providers ?? []).map(concealing),
      // The guard of the module itself, so that a test's overrideProvider(UnkeyGuard) reaches it.
      ...(extras.globalGuard ? [{ provide: APP_GUARD, useExisting: UnkeyGuard }] : []),
    ],
  };
}

/** Checked at once: a `globalGuard` that is not what it seems would leave the app open. */
function checkFlag(name: string, value: unknown): void {
  if (value === undefined || typeof value === 'boolean') return;
  throw new UnkeyConfigError(
    `UnkeyModule: option "${name}" must be true or false, got ${JSON.stringify(value)}.`,
  );
}

/** What stands under UNKEY_OPTIONS can be read but does not print its root key. */
function concealing(provider: Provider): Provider {
  if (!('provide' in provider) || provider.provide !== UNKEY_OPTIONS) return provider;
  if ('useValue' in provider) return { ...provider, useValue: concealSecrets(provider.useValue) };
  if (!('useFactory' in provider)) return provider;
  const { useFactory } = provider;
  return { ...provider, useFactory: async (...args: unknown[]) => concealSecrets(await useFactory(...args)) };
}
