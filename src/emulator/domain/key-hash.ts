import { hash } from 'node:crypto';

/** How a key is remembered: Base64 of the SHA-256 of its whole text, prefix included, untrimmed. */
export function keyHash(key: string): string {
  return hash('sha256', key, 'base64');
}
