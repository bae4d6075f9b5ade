import { hash } from 'node:crypto';
import type { Question } from '../../contracts/question.js';

/** Names what an answer is about. Holds no key. */
export interface AnswerId {
  /** SHA-256 of the API key, as base64url. */
  readonly keyHash: string;
  /** See {@link answerTextOf}. */
  readonly text: string;
}

/**
 * SHA-256 of the key with everything else that the answer depends on; tags do not count. It is all that a cached
 * answer is found by, so it is one hash and nothing more. As base64, which is faster to make than base64url.
 */
export function answerTextOf({ request: { key, permissions }, caller }: Question): string {
  if (caller === undefined && permissions === undefined) return hash('sha256', key, 'base64');
  // A key and an address hold no blanks, so the parts cannot run into one another.
  return hash('sha256', `${key} ${caller?.clientIp ?? ''} ${permissions ?? ''}`, 'base64');
}

/** @param text what {@link answerTextOf} gave for the same question */
export function answerIdOf({ request }: Question, text: string): AnswerId {
  return { keyHash: keyHashOf(request.key), text };
}

export function keyHashOf(key: string): string {
  return hash('sha256', key, 'base64url');
}
