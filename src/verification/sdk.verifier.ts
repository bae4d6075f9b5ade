import type { Unkey } from '@unkey/api';
import type { CallerVerifier } from '../contracts/verifier.js';

/**
 * Verifies keys through the official SDK. Its retries are off: `keys.verifyKey` spends credits, and Unkey may have
 * carried out a call that timed out.
 */
export function sdkVerifier(client: Unkey): CallerVerifier {
  return async (request, signal, caller) => {
    const { data, meta } = await client.keys.verifyKey(request, {
      signal,
      retries: { strategy: 'none' },
      ...(caller?.clientIp === undefined ? {} : { headers: { 'x-forwarded-for': caller.clientIp } }),
    });
    return { ...data, requestId: meta.requestId };
  };
}
