import type { Verification } from '../contracts/verification.js';
import { plainCopy } from './plain-copy.js';

const MEMBERS = [
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
 * Copies an answer that someone else made. Its members are read one by one too, because it may be an instance of a
 * class with getters. What is no object is given back.
 */
export function copyOfAnswer<Answer>(given: Answer): Answer;
export function copyOfAnswer(given: unknown): unknown {
  if (typeof given !== 'object' || given === null) return given;
  const members: Record<string, unknown> = { ...given };
  for (const name of MEMBERS) {
    const value: unknown = Reflect.get(given, name);
    if (value !== undefined) members[name] = value;
  }
  return plainCopy(members);
}
