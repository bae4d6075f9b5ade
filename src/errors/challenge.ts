import { denialOf } from './denial-table.js';

/** How a challenge is written; from the options. */
export interface ChallengeOptions {
  /** `Bearer` where a bearer source is configured. */
  readonly scheme: 'Bearer' | 'ApiKey';
  readonly realm: string;
}

/**
 * The `WWW-Authenticate` that belongs to a refusal, or `undefined`. Every 401 must have one (RFC 9110 §15.5.2),
 * whatever made it a 401. Where no key was sent it names no error (RFC 6750 §3.1).
 */
export function challengeFor(code: string, status: number, options: ChallengeOptions): string | undefined {
  const scopeIsMissing = code === 'INSUFFICIENT_PERMISSIONS' && status === 403;
  if (status !== 401 && !scopeIsMissing) return undefined;
  const challenge = `${options.scheme} realm="${options.realm.replace(/["\\]/g, '\\$&')}"`;
  if (code === 'MISSING_KEY') return challenge;
  return `${challenge}, error="${denialOf(code).challenge ?? 'invalid_token'}"`;
}
