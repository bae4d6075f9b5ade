import type { Outcome } from './outcome.js';

/**
 * Applies the option `keyspaces` to an outcome: a key of another keyspace becomes `NOT_FOUND`. A successful
 * verification without a keyspace becomes a failure, because the server does not support keyspaces.
 *
 * @param keyspaces the ids of the keyspaces that are accepted; empty: all
 */
export function withinKeyspaces(outcome: Outcome, keyspaces: readonly string[]): Outcome {
  if (keyspaces.length === 0 || 'failure' in outcome || !outcome.verification.valid) return outcome;
  const { keyspaceId, requestId } = outcome.verification;
  if (keyspaceId === undefined) {
    return {
      failure: {
        kind: 'misconfigured',
        reason: 'the response does not contain the keyspace of the key, which the option "keyspaces" needs',
        requestId,
      },
    };
  }
  if (keyspaces.includes(keyspaceId)) return outcome;
  return { ...outcome, verification: { valid: false, code: 'NOT_FOUND', requestId } };
}
