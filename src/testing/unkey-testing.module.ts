import type { DynamicModule } from '@nestjs/common';
import type { UnkeyModuleExtras, UnkeyModuleOptions } from '../options/unkey-options.js';
import type { EmulatorAddress } from './use-emulator.js';

/**
 * `UnkeyModule` at an emulator, for tests of modules that do not import it themselves.
 *
 * @example
 * Test.createTestingModule({ imports: [UnkeyTestingModule.forEmulator(unkey), DocumentsModule] })
 */
export class UnkeyTestingModule {
  /**
   * @param unkey the emulator
   * @param options any other option of `UnkeyModule.forRoot`; the module is global here
   */
  static forEmulator(
    unkey: EmulatorAddress,
    options: UnkeyModuleOptions & Pick<UnkeyModuleExtras, 'globalGuard'> = {},
  ): DynamicModule {
    const { url, rootKey } = unkey;
    const keyspaces = unkey.keyspaces === true ? options.keyspaces : undefined;
    const given = { ...options, rootKey, baseUrl: url, keyspaces, isGlobal: true };
    return { module: UnkeyTestingModule, imports: [registered(given)] };
  }
}

/** Loaded when it is used: whoever wants the emulator alone needs no Nest. */
async function registered(options: UnkeyModuleOptions & UnkeyModuleExtras): Promise<DynamicModule> {
  const { UnkeyModule } = await import('../unkey.module.js');
  return UnkeyModule.forRoot(options);
}
