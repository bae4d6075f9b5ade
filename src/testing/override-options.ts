import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import { getUnkeyOptionsToken, tokenOf, UNKEY_RESOLVED_OPTIONS } from '../options/tokens.js';
import type { UnkeyModuleOptions } from '../options/unkey-options.js';
import { resolveWithDefaults } from '../resolve-with-defaults.js';

/** The part of the builder of `Test.createTestingModule()` that is used here. */
export interface OverridableBuilder {
  overrideProvider(token: unknown): {
    useFactory(options: {
      factory: (given: UnkeyModuleOptions | undefined) => unknown;
      inject?: unknown[];
    }): unknown;
  };
}

/**
 * Changes some options of the app under test and keeps all others, whether the app registers `UnkeyModule` with `forRoot`
 * or `forRootAsync`.
 *
 * @param name the instance whose options change; `undefined` for the one without a name
 */
export function overrideOptions<Builder extends OverridableBuilder>(
  builder: Builder,
  change: (given: UnkeyModuleOptions) => UnkeyModuleOptions,
  name: string | undefined,
  time: Partial<Pick<ResolvedUnkeyOptions, 'now' | 'onReset'>> = {},
): Builder {
  builder.overrideProvider(tokenOf(UNKEY_RESOLVED_OPTIONS, name)).useFactory({
    factory: (given) => resolveWithDefaults(change(given ?? {}), name, time),
    inject: [getUnkeyOptionsToken(name)],
  });
  return builder;
}
