import { fromBearer } from './extractors/from-bearer.js';
import { fromHeader } from './extractors/from-header.js';
import { resolveOptions } from './options/resolve-options.js';
import type { ResolvedUnkeyOptions } from './options/resolved-options.js';

/**
 * Resolves options against this process: its environment, its clock, and the sources where a key stands by
 * default.
 *
 * @throws UnkeyConfigError for an option that is unknown or of a wrong type
 */
export function resolveWithDefaults(options: unknown): ResolvedUnkeyOptions {
  return resolveOptions(options, {
    env: process.env,
    keyFrom: [fromHeader('x-api-key'), fromBearer()],
    now: Date.now,
  });
}
