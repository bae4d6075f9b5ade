import type { Verification } from '../contracts/verification.js';
import { plainCopy } from './plain-copy.js';

const PROPERTIES = [
  'valid',
  'code',
  'requestId',
  'keyId',
  'keyspaceId',
  'name',
  'meta',
  'expires',
  'credits',
  'enabled',
  'permissions',
  'roles',
  'identity',
  'ratelimits',
  'source',
] as const satisfies readonly (keyof Verification)[];

/**
 * Copies a verification that a verifier of the user's own returned. The known properties are also read one by one,
 * because it may be an instance of a class with getters. A value that is not an object is returned unchanged.
 */
export function copyVerification<Answer>(given: Answer): Answer;
export function copyVerification(given: unknown): unknown {
  if (typeof given !== 'object' || given === null) return given;
  const copy: Record<string, unknown> = { ...given };
  for (const name of PROPERTIES) {
    const value: unknown = Reflect.get(given, name);
    if (value !== undefined) copy[name] = value;
  }
  return plainCopy(copy);
}
