import { isVerification, isWellFormed } from '../read-verification.js';
import { finalize } from '../verified-key-of.js';
import type { CacheEntry } from './cache-entry.js';
import { isCacheable } from './is-cacheable.js';

/** Serializes an entry for the store; `undefined` if it is nested too deeply. */
export function serializeEntry(entry: CacheEntry): string | undefined {
  try {
    return JSON.stringify(entry);
  } catch {
    return undefined;
  }
}

/** Parses and checks what the store returned, because others may write to the store too. */
export function parseEntry(text: unknown): CacheEntry | undefined {
  const value = typeof text === 'string' ? parse(text) : undefined;
  if (!isRecord(value)) return undefined;
  const { verification, requestedAt, freshUntil, staleUntil } = value;
  if (typeof requestedAt !== 'number' || typeof freshUntil !== 'number' || typeof staleUntil !== 'number') {
    return undefined;
  }
  if (!isRecord(verification) || !isVerification(verification) || !isWellFormed(verification)) {
    return undefined;
  }
  const { requestId }: { requestId?: unknown } = verification;
  if (!isCacheable(verification) || (requestId !== undefined && typeof requestId !== 'string')) {
    return undefined;
  }
  return {
    verification: finalize({ ...verification, source: 'cache' }),
    requestedAt,
    freshUntil,
    staleUntil,
  };
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
