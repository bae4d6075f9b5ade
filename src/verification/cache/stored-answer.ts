import { isVerification, isWellFormed } from '../read-verification.js';
import { finish } from '../verified-key-of.js';
import type { CachedAnswer } from './cached-answer.js';
import { isStorable } from './is-storable.js';

/** An answer as a text for the store; `undefined` for one that is nested too deep to be written. */
export function writeAnswer(answer: CachedAnswer): string | undefined {
  try {
    return JSON.stringify(answer);
  } catch {
    return undefined;
  }
}

/** What the store gave, if it is an answer that could have been put there. Others may write to the store too. */
export function readStored(text: unknown): CachedAnswer | undefined {
  const value = typeof text === 'string' ? parse(text) : undefined;
  if (!isRecord(value)) return undefined;
  const { verification, asked, freshUntil, staleUntil } = value;
  if (typeof asked !== 'number' || typeof freshUntil !== 'number' || typeof staleUntil !== 'number') {
    return undefined;
  }
  if (!isRecord(verification) || !isVerification(verification) || !isWellFormed(verification)) {
    return undefined;
  }
  const { requestId }: { requestId?: unknown } = verification;
  if (!isStorable(verification) || (requestId !== undefined && typeof requestId !== 'string')) {
    return undefined;
  }
  return { verification: finish({ ...verification, source: 'cache' }), asked, freshUntil, staleUntil };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
