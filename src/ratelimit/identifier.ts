import { hash } from 'node:crypto';
import type { ExecutionContext } from '@nestjs/common';
import type { RatelimitBy } from '../contracts/handler-limits.js';
import type { VerifiedKey } from '../contracts/verified-key.js';
import { shown } from '../options/shown-value.js';
import { transportOf } from '../transports/transport-of.js';

/** The longest identifier that Unkey accepts, in characters. */
const MAX_LENGTH = 512;

/**
 * Returns who a limit counts for. The prefixes keep an identity from looking like an address.
 *
 * @param key the verified key, if there is one
 * @returns `undefined` if the caller's address is needed and not known
 * @throws TypeError if the app's own function returns anything but a string or `undefined`
 */
export async function identifierFor(
  by: RatelimitBy,
  context: ExecutionContext,
  key: VerifiedKey | undefined,
): Promise<string | undefined> {
  const chosen = typeof by === 'function' ? fitted(await by(context)) : keyIdentifier(by, key);
  if (chosen !== undefined) return chosen;
  const address = transportOf(context).clientIp?.(context);
  // Loaded when needed: a library for addresses is of no use to apps without rate limits.
  const { addressIdentifier } = await import('./caller-address.js');
  return addressIdentifier(address);
}

/** Returns the identifier of a key or of its identity; `undefined` without a key, or if the address counts. */
export function keyIdentifier(
  by: 'key' | 'identity' | 'ip',
  key: VerifiedKey | undefined,
): string | undefined {
  if (key === undefined || by === 'ip') return undefined;
  const externalId = by === 'identity' ? key.identity?.externalId : undefined;
  return externalId === undefined ? `key:${key.keyId}` : `identity:${externalId}`;
}

/** An identifier that is too long is hashed, because it may come from the caller, who must not cause a 500 with it. */
function fitted(given: unknown): string | undefined {
  if (given === undefined || given === '') return undefined;
  if (typeof given !== 'string') {
    throw new TypeError(`@Ratelimit(): "by" must return a string or undefined, got ${shown(given)}`);
  }
  return given.length <= MAX_LENGTH ? given : `sha256:${hash('sha256', given, 'base64url')}`;
}
