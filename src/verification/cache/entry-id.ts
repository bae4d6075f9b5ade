import { hash } from 'node:crypto';
import type { Question } from '../../contracts/question.js';

/** Identifies a cache entry. Does not contain the API key. */
export interface EntryId {
  /** SHA-256 of the API key, as base64url. */
  readonly keyHash: string;
  /** See {@link requestHashOf}. */
  readonly requestHash: string;
}

/**
 * Returns the SHA-256 of everything that the result depends on: the API key, the permissions and the caller's address,
 * but not the tags. A cache hit needs only this one hash. It is base64, which is faster to create than base64url.
 */
export function requestHashOf({ request: { key, permissions }, caller }: Question): string {
  if (caller === undefined && permissions === undefined) return hash('sha256', key, 'base64');
  // A key and an address contain no spaces, so different parts cannot result in the same string.
  return hash('sha256', `${key} ${caller?.clientIp ?? ''} ${permissions ?? ''}`, 'base64');
}

/** @param requestHash the result of {@link requestHashOf} for the same request */
export function entryIdOf({ request }: Question, requestHash: string): EntryId {
  return { keyHash: keyHashOf(request.key), requestHash };
}

/** Returns the SHA-256 of an API key, as base64url. */
export function keyHashOf(key: string): string {
  return hash('sha256', key, 'base64url');
}
