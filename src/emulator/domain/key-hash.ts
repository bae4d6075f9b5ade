import { hash } from 'node:crypto';

/** The hash under which a key is stored: Base64 of the SHA-256 of its whole text, including the prefix, untrimmed. */
export function keyHash(key: string): string {
  return hash('sha256', key, 'base64');
}
