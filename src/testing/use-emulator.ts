import type { UnkeyModuleOptions } from '../options/unkey-options.js';
import type { EmulatorClock } from '../emulator/index.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import { overrideOptions, type OverridableBuilder } from './override-options.js';

/** The part of a `UnkeyEmulator` that an app needs. Without `clock`, the app uses real time. */
export interface EmulatorAddress {
  readonly url: string;
  readonly rootKey: string;
  readonly clock?: Pick<EmulatorClock, 'now'> | undefined;
  /** Whether the emulator supports keyspaces. If not, the option `keyspaces` is removed. */
  readonly keyspaces?: boolean | undefined;
  onReset?(listener: () => void): { off(): void };
}

/**
 * Connects an app whose own module calls `forRoot` or `forRootAsync` to an emulator. All its other options stay the same.
 * A `client` or `verifier` of the app is replaced, because it would call another Unkey.
 *
 * The app's cache uses the emulator's clock, and `unkey.reset()` clears it. Deadlines and the circuit breaker use real
 * time.
 *
 * @param builder of `Test.createTestingModule({ imports: [AppModule] })`
 * @param name the instance to connect, if it has a name; the others stay as they are
 * @returns the same builder
 * @example
 * const unkey = await UnkeyEmulator.start();
 * const module = await useEmulator(Test.createTestingModule({ imports: [AppModule] }), unkey).compile();
 */
export function useEmulator<Builder extends OverridableBuilder>(
  builder: Builder,
  unkey: EmulatorAddress,
  name?: string,
): Builder {
  return overrideOptions(builder, (given) => atEmulator(given, unkey), name, timeOf(unkey));
}

/** Makes the caches of the app under test use the emulator's clock, and clears them on its `reset()`. */
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
    // `client` is not enumerable in `given`, so the spread does not copy a client of the app.
    client: given.client === false ? false : undefined,
    verifier: typeof given.verifier === 'function' ? undefined : given.verifier,
  };
}
