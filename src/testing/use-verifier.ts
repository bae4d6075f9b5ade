import { randomUUID } from 'node:crypto';
import type { Verifier } from '../contracts/verifier.js';
import type { UnkeyModuleOptions } from '../options/unkey-options.js';
import { overrideOptions, type OverridableBuilder } from './override-options.js';

/**
 * Replaces Unkey with a function: without a server, a root key or the SDK. All other options of the app stay the same.
 *
 * @param builder of `Test.createTestingModule({ imports: [AppModule] })`
 * @param verifier the function, for example from {@link fakeVerifier}
 * @param name the instance whose verifier is replaced, if it has a name; the others stay as they are
 * @returns the same builder
 * @example
 * const verifier = fakeVerifier({ 'key of alice': verifiedKey({ meta: { plan: 'pro' } }), old: 'EXPIRED' });
 * const module = await useVerifier(Test.createTestingModule({ imports: [AppModule] }), verifier).compile();
 */
export function useVerifier<Builder extends OverridableBuilder>(
  builder: Builder,
  verifier: Verifier,
  name?: string,
): Builder {
  return overrideOptions(
    builder,
    (given) => ({
      ...given,
      verifier,
      cache: withScope(given.cache),
      client: given.client || false,
      ...(given.client ? {} : { clientOptions: undefined }),
    }),
    name,
  );
}

/** A store needs a scope if a function verifies. A new one, because another function returns other results. */
function withScope(cache: UnkeyModuleOptions['cache']): UnkeyModuleOptions['cache'] {
  return typeof cache === 'object' && cache !== null
    ? { ...cache, scope: cache.scope ?? randomUUID() }
    : cache;
}
