import type { Outcome } from './outcome.js';

/**
 * An outcome as it counts where keys of some keyspaces alone are accepted: a key of another one is unknown. A yes that
 * names no keyspace comes from a server that does not know them, so nobody can say whose key it is.
 *
 * @param keyspaces ids; empty: keys of every keyspace are accepted
 */
export function withinKeyspaces(outcome: Outcome, keyspaces: readonly string[]): Outcome {
  if (keyspaces.length === 0 || 'failure' in outcome || !outcome.verification.valid) return outcome;
  const { keyspaceId, requestId } = outcome.verification;
  if (keyspaceId === undefined) {
    return {
      failure: {
        kind: 'misconfigured',
        reason: 'the answer does not name the keyspace of the key, as the option "keyspaces" needs',
        requestId,
      },
    };
  }
  if (keyspaces.includes(keyspaceId)) return outcome;
  return { ...outcome, verification: { valid: false, code: 'NOT_FOUND', requestId } };
}
