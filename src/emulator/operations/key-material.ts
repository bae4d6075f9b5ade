import { keyHash } from '../domain/key-hash.js';
import type { Random } from '../domain/random.js';

/** A key's text and what is stored of it. */
export interface KeyMaterial {
  readonly key: string;
  readonly hash: string;
  /** What may be shown of it. */
  readonly start: string;
}

/** The material of a key whose text was chosen; what stands before the last `_` counts as its prefix. */
export function chosenKey(key: string): KeyMaterial {
  return { key, hash: keyHash(key), start: key.slice(0, key.lastIndexOf('_') + 5) };
}

/** Makes a key: `<prefix>_<secret>`, or the secret alone. */
export function issueKey(random: Random, prefix: string | undefined, byteLength: number): KeyMaterial {
  const secret = random.secret(byteLength);
  const head = prefix === undefined ? '' : `${prefix}_`;
  const key = head + secret;
  return { key, hash: keyHash(key), start: head + secret.slice(0, 4) };
}
