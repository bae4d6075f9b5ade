import type { Verifier } from '../contracts/verifier.js';
import { overrideOptions, type OverridableBuilder } from './override-options.js';

/**
 * Replaces Unkey by a function: no server, no root key, and the SDK is not loaded. All other options of the app stay
 * as they are.
 *
 * @param builder of `Test.createTestingModule({ imports: [AppModule] })`
 * @param verifier such as {@link fakeVerifier} makes
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
