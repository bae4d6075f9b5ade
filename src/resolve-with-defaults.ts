import { fromBearer } from './extractors/from-bearer.js';
import { fromHeader } from './extractors/from-header.js';
import type { ResolvedUnkeyOptions } from './options/resolved-options.js';

/**
 * Resolves options with the environment and the clock of this process, and with the default key sources. The code that
 * validates options is imported here, so that importing this package is fast.
 *
 * @param name the name of the instance, if it has one
 * @param time another clock, for tests
 * @throws UnkeyConfigError for an option that is unknown or of a wrong type
 */
export async function resolveWithDefaults(
  options: unknown,
  name: string | undefined,
  { now = Date.now, onReset }: Partial<Pick<ResolvedUnkeyOptions, 'now' | 'onReset'>> = {},
): Promise<ResolvedUnkeyOptions> {
  const { resolveOptions } = await import('./options/resolve-options.js');
  return resolveOptions(options, {
    name,
    env: process.env,
    keyFrom: [fromHeader('x-api-key'), fromBearer()],
    now,
    onReset,
  });
}
