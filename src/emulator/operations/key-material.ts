import { keyHash } from '../domain/key-hash.js';
import type { Random } from '../domain/random.js';

/** A key, its hash and its start. */
export interface KeyMaterial {
  readonly key: string;
  readonly hash: string;
  /** The part that responses and lists show. */
  readonly start: string;
}

/** The material of a given key. The text before the last `_` counts as its prefix. */
export function chosenKey(key: string): KeyMaterial {
  return { key, hash: keyHash(key), start: key.slice(0, key.lastIndexOf('_') + 5) };
}

/** Generates a key: `<prefix>_<secret>`, or only the secret. */
export function issueKey(random: Random, prefix: string | undefined, byteLength: number): KeyMaterial {
  const secret = random.secret(byteLength);
  const head = prefix === undefined ? '' : `${prefix}_`;
  const key = head + secret;
  return { key, hash: keyHash(key), start: head + secret.slice(0, 4) };
}
