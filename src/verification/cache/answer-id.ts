import { hash } from 'node:crypto';
import type { Question } from '../../contracts/question.js';

/** Under what an answer is remembered; holds no key. */
export interface AnswerId {
  /** SHA-256 of the API key. */
  readonly keyHash: string;
  /** The key's hash with all that the answer depends on besides; tags do not count. */
  readonly text: string;
}

export function answerIdOf({ request, caller }: Question): AnswerId {
  const keyHash = keyHashOf(request.key);
  return { keyHash, text: `${keyHash} ${caller?.clientIp ?? ''} ${request.permissions ?? ''}` };
}

export function keyHashOf(key: string): string {
  return hash('sha256', key, 'hex');
}
