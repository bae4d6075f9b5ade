import type { VerifiedKey } from '../contracts/verified-key.js';

/**
 * Creates a verified key for tests. Properties that you don't give have plausible values.
 *
 * @example
 * const alice = verifiedKey({ keyId: 'key_alice', meta: { plan: 'pro' } });
 */
export function verifiedKey(given: Partial<Omit<VerifiedKey, 'valid' | 'code'>> = {}): VerifiedKey {
  return {
    keyId: 'key_test',
    code: 'VALID',
    valid: true,
    requestId: 'req_test',
    enabled: true,
    permissions: [],
    roles: [],
    ratelimits: [],
    source: 'unkey',
    ...given,
  };
}
