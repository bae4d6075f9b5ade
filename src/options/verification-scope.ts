import { hash, randomUUID } from 'node:crypto';
import type { CheckedOptions } from './options-schema.js';

/**
 * Names who verifies, as a hash without the root key in it. Two apps with the same scope get the same answers for the
 * same key, so they may share a store's entries and the verification of one request.
 *
 * Nobody can see which Unkey a `verifier` or `client` of your own asks. Without `cache.scope` such an app has a scope
 * that no other app has, not even the same app after a restart.
 */
export function verificationScope(options: CheckedOptions, baseUrl: string): string {
  const named = givenScope(options) ?? (isVerifiedByRootKey(options) ? '' : randomUUID());
  // Everything that decides which keys pass belongs in this list.
  const parts = [options.rootKey ?? '', baseUrl, named, ...(options.keyspaces ?? []).toSorted()];
  return hash('sha256', JSON.stringify(parts), 'base64url');
}

/** Whether a store can be shared by root key and URL alone: the module's own wire or own client asks Unkey. */
export function isVerifiedByRootKey({ verifier, client, rootKey }: CheckedOptions): boolean {
  if (rootKey === undefined || typeof verifier === 'function') return false;
  return verifier !== 'sdk' || client === undefined;
}

/** The option `cache.scope`. */
export function givenScope({ cache }: CheckedOptions): string | undefined {
  return typeof cache === 'object' ? cache.scope : undefined;
}
