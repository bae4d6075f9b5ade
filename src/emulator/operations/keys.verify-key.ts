import type { V2KeysVerifyKeyRequestBody } from '@unkey/api/models/components';
import { onKey, permits } from '../authentication/demand.js';
import { parsePermissionQuery } from '../domain/permission-query.js';
import type { Identity, Key } from '../store/records.js';
import { heldSlugs } from './key-data.js';
import { pendingMigratedKey } from './pending-migrated-key.js';
import { operation, operationOf, type OperationContext } from './operation.js';
import {
  NOT_FOUND,
  type VerificationAnswer,
  type VerificationCode,
  verificationAnswer,
} from './verification-answer.js';
import { countLimits, type LimitState } from './verification-limits.js';

export const verifyKey = operation('keys.verifyKey', (body, context) => {
  const key = foundKey(body, context);
  return key ? verify(key, body, context) : NOT_FOUND;
});

/** The operation of newer servers: a key of another keyspace is `NOT_FOUND`, and every other response has `keyspaceId`. */
export const verifyKeyInKeyspaces = operationOf('keys.verifyKey', 'keyspaces.verifyKey', (body, context) => {
  const key = foundKey(body, context);
  const keyspaceId = key?.api.keyspaceId;
  if (!key || (body.keyspaces && !body.keyspaces.some((id) => id === keyspaceId))) return NOT_FOUND;
  const { data } = verify(key, body, context);
  return { data: { ...data, keyspaceId } };
});

/** The key, if it exists and the root key may verify it. */
function foundKey(body: V2KeysVerifyKeyRequestBody, context: OperationContext): Key | undefined {
  const { workspace, rootKey } = context;
  const key = workspace.keys.byPlaintext(body.key) ?? pendingMigratedKey(body, context);
  if (!key || key.api.deleted) return undefined;
  const isAllowed = rootKey.holds('api.*.verify_key') || permits(rootKey, onKey(key, 'verify_key'));
  return isAllowed ? key : undefined;
}

function verify(key: Key, body: V2KeysVerifyKeyRequestBody, context: OperationContext): VerificationAnswer {
  const { workspace, now } = context;
  // An invalid query is rejected in every state of the key.
  const query = body.permissions === undefined ? undefined : parsePermissionQuery(body.permissions);
  workspace.keys.refill(key, now);
  const identity = key.identity?.deleted ? undefined : key.identity;

  const state = stateOf(key, context);
  if (state !== 'VALID') return verificationAnswer(state, key, identity, []);
  if (query && !query(new Set(heldSlugs(key)))) {
    return verificationAnswer('INSUFFICIENT_PERMISSIONS', key, identity, []);
  }
  const limits = limitsOf(body, key, identity, context);
  const code = limits.some(({ exceeded }) => exceeded)
    ? 'RATE_LIMITED'
    : spend(key, body.credits?.cost ?? 1, context);
  return verificationAnswer(code, key, identity, limits);
}

function stateOf(key: Key, { now, clientAddress }: OperationContext): VerificationCode {
  if (!key.enabled) return 'DISABLED';
  if (key.expires !== undefined && now > key.expires) return 'EXPIRED';
  const { ipWhitelist } = key.api;
  return ipWhitelist.length > 0 && !ipWhitelist.includes(clientAddress()) ? 'FORBIDDEN' : 'VALID';
}

function limitsOf(
  { ratelimits = [] }: V2KeysVerifyKeyRequestBody,
  key: Key,
  identity: Identity | undefined,
  { workspace, now }: OperationContext,
): readonly LimitState[] {
  const configured = key.ratelimits.length + (identity?.ratelimits.length ?? 0);
  if (configured === 0 && ratelimits.length === 0) return [];
  return countLimits(key, identity, ratelimits, workspace.counters, now);
}

/** Deducts the whole cost or nothing. */
function spend(key: Key, cost: number, { workspace }: OperationContext): VerificationCode {
  if (key.remaining === null) return 'VALID';
  const amount = BigInt(cost);
  if (key.remaining < amount) return 'USAGE_EXCEEDED';
  key.remaining -= amount;
  workspace.keys.changed(key);
  return 'VALID';
}
