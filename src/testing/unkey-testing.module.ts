import type { DynamicModule } from '@nestjs/common';
import type { UnkeyModuleExtras, UnkeyModuleOptions } from '../options/unkey-options.js';
import { getUnkeyOptionsToken, tokenOf, UNKEY_RESOLVED_OPTIONS } from '../options/tokens.js';
import { resolveWithDefaults } from '../resolve-with-defaults.js';
import { timeOf, type EmulatorAddress } from './use-emulator.js';

/**
 * Registers `UnkeyModule` with an emulator, for tests of modules that do not import `UnkeyModule` themselves.
 *
 * @example
 * Test.createTestingModule({ imports: [UnkeyTestingModule.forEmulator(unkey), DocumentsModule] })
 */
export class UnkeyTestingModule {
  /**
   * Registers `UnkeyModule` as a global module that calls the emulator.
   *
   * @param unkey the emulator
   * @param options any other option of `UnkeyModule.forRoot`, also `name`
   */
  static forEmulator(
    unkey: EmulatorAddress,
    options: UnkeyModuleOptions & Pick<UnkeyModuleExtras, 'globalGuard' | 'name'> = {},
  ): DynamicModule {
    const { url, rootKey } = unkey;
    const keyspaces = unkey.keyspaces === true ? options.keyspaces : undefined;
    const given = { ...options, rootKey, baseUrl: url, keyspaces, isGlobal: true };
    return { module: UnkeyTestingModule, imports: [registered(given, unkey)] };
  }
}

/** Imports `UnkeyModule` when needed, so that the emulator alone works without Nest. */
async function registered(
  options: UnkeyModuleOptions & UnkeyModuleExtras,
  unkey: EmulatorAddress,
): Promise<DynamicModule> {
  const { UnkeyModule } = await import('../unkey.module.js');
  const { name } = options;
  const definition = UnkeyModule.forRoot(options);
  const resolved = {
    provide: tokenOf(UNKEY_RESOLVED_OPTIONS, name),
    useFactory: (given: unknown) => resolveWithDefaults(given, name, timeOf(unkey)),
    inject: [getUnkeyOptionsToken(name)],
  };
  // Replaces the module's own provider, which uses real time.
  return { ...definition, providers: [...(definition.providers ?? []), resolved] };
}
