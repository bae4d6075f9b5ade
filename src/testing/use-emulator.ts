import type { UnkeyModuleOptions } from '../options/unkey-options.js';
import type { EmulatorClock } from '../emulator/index.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import { overrideOptions, type OverridableBuilder } from './override-options.js';

/** What is needed of a `UnkeyEmulator`. With an address alone, the app goes by real time. */
export interface EmulatorAddress {
  readonly url: string;
  readonly rootKey: string;
  readonly clock?: Pick<EmulatorClock, 'now'> | undefined;
  /** Whether it takes keyspaces; if not, the option `keyspaces` is left out. */
  readonly keyspaces?: boolean | undefined;
  onReset?(listener: () => void): { off(): void };
}

/**
 * Points an app whose own module calls `forRoot` or `forRootAsync` at an emulator. All its other options stay as
 * they are, so that the test sees the app as it will run; a client or verifier of its own is replaced, since it
 * would reach another Unkey.
 *
 * What the app has cached goes by the emulator's clock, and is cleared by `unkey.reset()`. Deadlines and the circuit
 * breaker stay in real time.
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
  return overrideOptions(builder, (given) => atEmulator(given, unkey), timeOf(unkey));
}

/** Caches of the app under test go by the emulator's clock, and are cleared by its `reset()`. */
export function timeOf(unkey: EmulatorAddress): Partial<Pick<ResolvedUnkeyOptions, 'now' | 'onReset'>> {
  const { clock } = unkey;
  return {
    ...(clock === undefined ? {} : { now: () => clock.now() }),
    ...(unkey.onReset === undefined
      ? {}
      : { onReset: (listener) => unkey.onReset?.(listener) ?? { off() {} } }),
  };
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
