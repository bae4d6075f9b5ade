import { denialOf } from './denial-table.js';

/** How a challenge is written; from the options. */
export interface ChallengeOptions {
  /** `Bearer` where a bearer source is configured. */
  readonly scheme: 'Bearer' | 'ApiKey';
  readonly realm: string;
}

/**
 * Returns the `WWW-Authenticate` header for a denial, or `undefined` if it needs none. Every 401 must have one
 * (RFC 9110 §15.5.2), also if the `statuses` option made it a 401. If no key was sent, it names no error (RFC 6750 §3.1).
 */
export function challengeFor(code: string, status: number, options: ChallengeOptions): string | undefined {
  const scopeIsMissing = code === 'INSUFFICIENT_PERMISSIONS' && status === 403;
  if (status !== 401 && !scopeIsMissing) return undefined;
  const challenge = `${options.scheme} realm="${options.realm.replace(/["\\]/g, '\\$&')}"`;
  if (code === 'MISSING_KEY') return challenge;
  return `${challenge}, error="${denialOf(code).challenge ?? 'invalid_token'}"`;
}
