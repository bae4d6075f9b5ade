import type { Answer } from '../transport/envelope.js';
import { exactInteger } from '../json-text.js';
import type { Identity, Key } from '../store/records.js';
import { heldSlugs, identityData, rolesOf, unlessBlank, unlessEmpty } from './key-data.js';
import { type LimitState, unshadowed } from './verification-limits.js';

/** What a verification may come to. */
export type VerificationCode =
  | 'VALID'
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'INSUFFICIENT_PERMISSIONS'
  | 'USAGE_EXCEEDED'
  | 'RATE_LIMITED'
  | 'DISABLED'
  | 'EXPIRED';

/** Says no more than that, so that nobody learns of keys that are not his. */
export const NOT_FOUND: Answer = { data: { code: 'NOT_FOUND', valid: false } };

/** What is said of a key. */
export interface VerificationAnswer extends Answer {
  readonly data: object;
}

/** The answer about a key that the caller may know of. */
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
