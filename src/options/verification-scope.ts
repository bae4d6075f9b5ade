import { hash, randomUUID } from 'node:crypto';
import type { CheckedOptions } from './options-schema.js';

/**
 * Identifies the Unkey API that verifies keys, as a hash that does not reveal the root key. Two apps with the same
 * scope get the same result for the same key, so they may share entries of a store and the verification of one request.
 *
 * The module cannot see which Unkey API your own `verifier` or `client` calls. Without `cache.scope`, such an app gets
 * a random scope, which changes with every restart.
 *
 * @param name the name of the instance: instances of one app share nothing, not even with the same root key
 */
export function verificationScope(options: CheckedOptions, baseUrl: string, name?: string): string {
  const named = givenScope(options) ?? (isVerifiedByRootKey(options) ? '' : randomUUID());
  // List everything here that decides which keys are accepted.
  const parts = [
    options.rootKey ?? '',
    baseUrl,
    named,
    ...(options.keyspaces ?? []).toSorted(),
    // An object, which cannot be mistaken for a keyspace.
    ...(name === undefined ? [] : [{ name }]),
  ];
  return hash('sha256', JSON.stringify(parts), 'base64url');
}

/**
 * Whether root key and URL identify the Unkey API: the module itself calls Unkey, over HTTP or through its own client.
 */
export function isVerifiedByRootKey({ verifier, client, rootKey }: CheckedOptions): boolean {
  if (rootKey === undefined || typeof verifier === 'function') return false;
  return verifier !== 'sdk' || client === undefined;
}

/** The option `cache.scope`. */
export function givenScope({ cache }: CheckedOptions): string | undefined {
  return typeof cache === 'object' ? cache.scope : undefined;
}
