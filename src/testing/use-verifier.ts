import type { Verifier } from '../contracts/verifier.js';
import { overrideOptions, type OverridableBuilder } from './override-options.js';

/**
 * Replaces Unkey with a function: without a server, a root key or the SDK. All other options of the app stay the same.
 *
 * @param builder of `Test.createTestingModule({ imports: [AppModule] })`
 * @param verifier the function, for example from {@link fakeVerifier}
 * @returns the same builder
 * @example
 * const verifier = fakeVerifier({ 'key of alice': verifiedKey({ meta: { plan: 'pro' } }), old: 'EXPIRED' });
 * const module = await useVerifier(Test.createTestingModule({ imports: [AppModule] }), verifier).compile();
 */
export function useVerifier<Builder extends OverridableBuilder>(
  builder: Builder,
  verifier: Verifier,
): Builder {
  return overrideOptions(builder, (given) => ({
    ...given,
    verifier,
    client: given.client || false,
    ...(given.client ? {} : { clientOptions: undefined }),
  }));
}
