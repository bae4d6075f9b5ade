import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';

/**
 * Identifies the configuration whose guards share the state of a request, so that keys that another app verified don't
 * count.
 */
export function requestScope({
  scope,
  keyPrefix,
}: Pick<ResolvedUnkeyOptions, 'scope' | 'keyPrefix'>): string {
  return [scope, ...keyPrefix].join(' ');
}
