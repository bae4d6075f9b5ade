import { denialOf } from './denial-table.js';

/** The values that go into a `WWW-Authenticate` header. */
export interface ChallengeOptions {
  readonly scheme: string;
  readonly realm: string;
  /** The names of the required permissions, if the caller may know them. */
  readonly scope?: string | undefined;
}

/**
 * Returns the `WWW-Authenticate` header for a denial, or `undefined` if it needs none. Every 401 must have one (RFC
 * 9110 §15.5.2), also if the `statuses` option made it a 401. If no key was sent, it names no error (RFC 6750 §3.1).
 */
export function challengeFor(code: string, status: number, options: ChallengeOptions): string | undefined {
  const scopeIsMissing = code === 'INSUFFICIENT_PERMISSIONS' && status === 403;
  if (status !== 401 && !scopeIsMissing) return undefined;
  const challenge = `${options.scheme} realm="${options.realm.replace(/["\\]/g, '\\$&')}"`;
  if (code === 'MISSING_KEY') return challenge;
  const withError = `${challenge}, error="${denialOf(code).challenge ?? 'invalid_token'}"`;
  return options.scope === undefined ? withError : `${withError}, scope="${options.scope}"`;
}
