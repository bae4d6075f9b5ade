import type { UnkeyModuleOptions } from '../options/unkey-options.js';
import type { UnkeyEmulator } from '../emulator/unkey-emulator.js';
import { overrideOptions, type OverridableBuilder } from './override-options.js';

/** What is needed of an {@link UnkeyEmulator}. */
export interface EmulatorAddress extends Pick<UnkeyEmulator, 'url' | 'rootKey'> {
  /** Whether it takes keyspaces; if not, the option `keyspaces` is left out. */
  readonly keyspaces?: boolean | undefined;
}

/**
 * Points an app whose own module calls `forRoot` or `forRootAsync` at an emulator. All its other options stay as
 * they are, so that the test sees the app as it will run; a client or verifier of its own is replaced, since it
 * would reach another Unkey.
 *
 * @param builder of `Test.createTestingModule({ imports: [AppModule] })`
 * @returns the same builder
 * @example
 * const unkey = await UnkeyEmulator.start();
 * const module = await useEmulator(Test.createTestingModule({ imports: [AppModule] }), unkey).compile();
 */
export function useEmulator<Builder extends OverridableBuilder>(
  builder: Builder,
  unkey: EmulatorAddress,
): Builder {
  return overrideOptions(builder, (given) => atEmulator(given, unkey));
}

function atEmulator(
  given: UnkeyModuleOptions,
  { url, rootKey, keyspaces }: EmulatorAddress,
): UnkeyModuleOptions {
  return {
    ...given,
    rootKey,
    baseUrl: url,
    keyspaces: keyspaces === true ? given.keyspaces : undefined,
    // Not enumerable in what is given, so the spread leaves a client of the user's own behind.
    client: given.client === false ? false : undefined,
    verifier: typeof given.verifier === 'function' ? undefined : given.verifier,
  };
}
