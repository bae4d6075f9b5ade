import type { Answer } from '../transport/envelope.js';
import { exactInteger } from '../json-text.js';
import type { Identity, Key } from '../store/records.js';
import { heldSlugs, identityData, rolesOf, unlessBlank, unlessEmpty } from './key-data.js';
import { type LimitState, unshadowed } from './verification-limits.js';

/** The possible codes of a verification. */
export type VerificationCode =
  | 'VALID'
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'INSUFFICIENT_PERMISSIONS'
  | 'USAGE_EXCEEDED'
  | 'RATE_LIMITED'
  | 'DISABLED'
  | 'EXPIRED';

/** The response has nothing else, so that it reveals nothing about other keys. */
export const NOT_FOUND: Answer = { data: { code: 'NOT_FOUND', valid: false } };

/** The response of a verification. */
export interface VerificationAnswer extends Answer {
  readonly data: object;
}

/** The response for a key that the root key may verify. */
export function verificationAnswer(
  code: VerificationCode,
  key: Key,
  identity: Identity | undefined,
  ratelimits: readonly LimitState[],
): VerificationAnswer {
  const data = {
    code,
    credits: key.remaining === null ? undefined : exactInteger(key.remaining),
    enabled: key.enabled,
    expires: key.expires === 0 ? undefined : key.expires,
    identity: identity && identityData(identity, unshadowed(key, identity)),
    keyId: key.id,
    meta: key.meta,
    name: unlessBlank(key.name),
    permissions: unlessEmpty(heldSlugs(key)),
    ratelimits: unlessEmpty(ratelimits),
    roles: unlessEmpty(rolesOf(key).map(({ name }) => name)),
    valid: code === 'VALID',
  };
  return { data };
}
