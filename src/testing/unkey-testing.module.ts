import { Module, type DynamicModule } from '@nestjs/common';
import type { UnkeyModuleExtras, UnkeyModuleOptions } from '../options/unkey-options.js';
import { UnkeyModule } from '../unkey.module.js';
import type { EmulatorAddress } from './use-emulator.js';

/**
 * `UnkeyModule` at an emulator, for tests of modules that do not import it themselves.
 *
 * @example
 * Test.createTestingModule({ imports: [UnkeyTestingModule.forEmulator(unkey), DocumentsModule] })
 */
@Module({})
export class UnkeyTestingModule {
  /**
   * @param unkey the emulator
   * @param options any other option of `UnkeyModule.forRoot`
   */
  static forEmulator(
    unkey: EmulatorAddress,
    options: UnkeyModuleOptions & UnkeyModuleExtras = {},
  ): DynamicModule {
    return {
      module: UnkeyTestingModule,
      imports: [UnkeyModule.forRoot({ ...options, rootKey: unkey.rootKey, baseUrl: unkey.url })],
      exports: [UnkeyModule],
    };
  }
}
