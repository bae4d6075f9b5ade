import { isVerification } from '../read-verification.js';
import type { CachedAnswer } from './cached-answer.js';
import { isStorable } from './is-storable.js';

/** An answer as a text for the store. */
export function writeAnswer(answer: CachedAnswer): string {
  return JSON.stringify(answer);
}

/** What the store gave, if it is an answer that could have been put there; who knows who else writes to it. */
export function readStored(text: unknown): CachedAnswer | undefined {
  const value = typeof text === 'string' ? parse(text) : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  const { verification, asked, freshUntil, staleUntil } = value as Partial<Record<string, unknown>>;
  if (typeof asked !== 'number' || typeof freshUntil !== 'number' || typeof staleUntil !== 'number') {
    return undefined;
  }
  if (!isVerification(verification) || !isStorable(verification)) return undefined;
  return { verification: { ...verification, source: 'cache' }, asked, freshUntil, staleUntil };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
