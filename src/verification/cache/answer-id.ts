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
  const { permissions } = request;
  const isBare = caller === undefined && permissions === undefined;
  // A text that is put together must be read whole to be found.
  return {
    keyHash,
    text: isBare ? keyHash : `${keyHash} ${caller?.clientIp ?? ''} ${permissions ?? ''}`,
  };
}

export function keyHashOf(key: string): string {
  return hash('sha256', key, 'base64url');
}
