import type { Verification } from '../contracts/verification.js';
import type { VerifiedKey } from '../contracts/verified-key.js';
import { copyVerification } from './copy-verification.js';
import { deepFreeze } from './deep-freeze.js';

/** The property in which a successful verification keeps its {@link VerifiedKey}. Copies do not have it. */
const KEY = Symbol('verified key');

type FinalVerification = Verification & { readonly [KEY]?: VerifiedKey };
type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };
type AnyMeta = Record<string, unknown>;

/** A verifier of the user's own can give any other text. */
const SOURCES: ReadonlySet<string> = new Set<VerifiedKey['source']>(['cache', 'stale', 'gateway']);

const NONE: readonly never[] = Object.freeze([]);

/**
 * Deep-freezes a verification, and creates the {@link VerifiedKey} if it is successful. Both are then shared by all
 * requests. Call it only for objects that this module created.
 */
export function finalize(answer: Verification): Verification {
  return deepFreeze(answer.valid ? withKey(answer, Object.freeze(normalize(answer))) : answer);
}

/** Returns a shallow copy of a successful verification with another `source`. */
export function withSource(finalized: Verification, source: 'cache' | 'stale'): Verification {
  const key = Object.freeze({ ...verifiedKeyOf(finalized), source });
  return Object.freeze(withKey({ ...finalized, source }, key));
}

/**
 * Returns the key of a successful verification. {@link finalize} has created it already, unless the object is not ours,
 * such as one that `verify` of a subclass returned: then it is created from a copy.
 */
export function verifiedKeyOf(verification: FinalVerification): VerifiedKey {
  const known = Object.hasOwn(verification, KEY) ? verification[KEY] : undefined;
  return known ?? Object.freeze(normalize(deepFreeze(copyVerification(verification))));
}

/** What to put in place of the meta. A member that is absent leaves what was there. */
export interface MetaOutputs {
  readonly meta?: unknown;
  readonly identityMeta?: unknown;
}

/** Returns a shallow copy of a successful verification with other meta, which is neither copied nor frozen. */
export function withMeta(verification: Verification, outputs: MetaOutputs): Verification {
  const key = Object.freeze(replaceMeta(verifiedKeyOf(verification), outputs));
  return Object.freeze(withKey(replaceMeta(verification, outputs), key));
}

function replaceMeta<T extends Verification | VerifiedKey>(holder: T, outputs: MetaOutputs): T {
  const copy = { ...holder };
  if ('meta' in outputs) setMeta(copy, outputs.meta);
  if (!('identityMeta' in outputs) || copy.identity === undefined) return copy;
  const identity = { ...copy.identity };
  setMeta(identity, outputs.identityMeta);
  return { ...copy, identity: Object.freeze(identity) };
}

function setMeta(holder: object, meta: unknown): void {
  if (meta === undefined) Reflect.deleteProperty(holder, 'meta');
  else Reflect.set(holder, 'meta', meta);
}

function withKey(verification: Verification, key: VerifiedKey): Verification {
  return Object.defineProperty(verification, KEY, { value: key });
}

/** Lists are never absent and have no duplicates; other absent properties stay absent. */
function normalize(verification: Verification): VerifiedKey {
  const { keyspaceId, name, meta, expires, credits, enabled, identity, source } = verification;
  const key: Mutable<VerifiedKey<AnyMeta, AnyMeta>> = {
    keyId: verification.keyId ?? '',
    code: 'VALID',
    valid: true,
    requestId: verification.requestId ?? '',
    // Unkey lists a permission twice if the key has it both directly and through a role.
    permissions: distinct(verification.permissions),
    roles: distinct(verification.roles),
    ratelimits: verification.ratelimits ?? NONE,
    source: source !== undefined && SOURCES.has(source) ? source : 'unkey',
  };
  // One by one, because spreads would take most of the time here.
  if (keyspaceId !== undefined) key.keyspaceId = keyspaceId;
  if (name !== undefined) key.name = name;
  if (meta !== undefined) key.meta = meta;
  if (expires !== undefined) key.expires = expires;
  if (credits !== undefined) key.credits = credits;
  if (enabled !== undefined) key.enabled = enabled;
  if (identity !== undefined) key.identity = identity;
  // The type of `meta` is declared by the user (see `Register`). Unkey stores any object.
  return key as VerifiedKey;
}

function distinct(list: readonly string[] = NONE): readonly string[] {
  if (list.length < 2) return list;
  const set = new Set(list);
  return set.size === list.length ? list : Object.freeze([...set]);
}
