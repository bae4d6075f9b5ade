import type { VerifyRequest } from '../../contracts/verifier.js';
import { ConnectionError } from './connection.error.js';

/**
 * Whether a call without a response can be sent a second time: it provably was never sent, or it spends nothing,
 * because it costs 0 credits and names no rate limit. A call that got a response is never sent again, whatever the
 * response is.
 */
export function isRetryable(error: unknown, { credits, ratelimits }: VerifyRequest): boolean {
  if (!(error instanceof ConnectionError) || error.code === 'ERR_TOO_LARGE') return false;
  return !error.sent || (credits?.cost === 0 && ratelimits === undefined);
}
