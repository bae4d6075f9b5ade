import type { Verification } from '../contracts/verification.js';
import type { VerifiedKey } from '../contracts/verified-key.js';
import { copyOfAnswer } from './copy-of-answer.js';
import { deepFreeze } from './deep-freeze.js';

/** Where a finished yes keeps its key: an own property that copies do not have. */
const KEY = Symbol('verified key');

type Finished = Verification & { readonly [KEY]?: VerifiedKey };
type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };
type AnyMeta = Record<string, unknown>;

const NONE: readonly never[] = Object.freeze([]);

/**
 * Finishes an answer that belongs to this module: makes the {@link VerifiedKey} of a yes and freezes everything
 * deeply. Both are then handed out as they are, to every request that the answer is for.
 */
export function finish(answer: Verification): Verification {
  return deepFreeze(answer.valid ? withKey(answer, Object.freeze(tidy(answer))) : answer);
}

/** The same finished yes from another source. Shares everything but its own members with the first. */
export function fromSource(finished: Verification, source: 'cache' | 'stale'): Verification {
  const key = Object.freeze({ ...verifiedKeyOf(finished), source });
  return Object.freeze(withKey({ ...finished, source }, key));
}

/**
 * The key of a yes: the one that {@link finish} made. An object that this module did not finish, such as one that a
 * subclass's `verify` returns, is copied first.
 */
export function verifiedKeyOf(verification: Finished): VerifiedKey {
  const known = Object.hasOwn(verification, KEY) ? verification[KEY] : undefined;
  return known ?? Object.freeze(tidy(deepFreeze(copyOfAnswer(verification))));
}

function withKey(verification: Verification, key: VerifiedKey): Verification {
  return Object.defineProperty(verification, KEY, { value: key });
}

/** The tidy form of a yes: lists are lists, each permission stands once, absent stays absent. */
function tidy(verification: Verification): VerifiedKey {
  const { keyspaceId, name, meta, expires, credits, enabled, identity, source } = verification;
  const key: Mutable<VerifiedKey<AnyMeta, AnyMeta>> = {
    keyId: verification.keyId ?? '',
    code: 'VALID',
    valid: true,
    requestId: verification.requestId ?? '',
    // Unkey lists a permission twice that a key holds directly and through a role.
    permissions: distinct(verification.permissions),
    roles: distinct(verification.roles),
    ratelimits: verification.ratelimits ?? NONE,
    source: source === 'cache' || source === 'stale' ? source : 'unkey',
  };
  // One by one: a spread for each costs more than all else here.
  if (keyspaceId !== undefined) key.keyspaceId = keyspaceId;
  if (name !== undefined) key.name = name;
  if (meta !== undefined) key.meta = meta;
  if (expires !== undefined) key.expires = expires;
  if (credits !== undefined) key.credits = credits;
  if (enabled !== undefined) key.enabled = enabled;
  if (identity !== undefined) key.identity = identity;
  // What `meta` holds is the user's promise (see `Register`); Unkey stores any object.
  return key as VerifiedKey;
}

function distinct(list: readonly string[] = NONE): readonly string[] {
  if (list.length < 2) return list;
  const set = new Set(list);
  return set.size === list.length ? list : Object.freeze([...set]);
}
