import type { VerifyRequest } from '../../contracts/verifier.js';
import { ConnectionError } from './connection.error.js';

/**
 * Whether a call that got no answer may be made a second time: it provably never left, or it spends nothing, since
 * it costs 0 credits and asks for no limit. An answer, whatever it says, is never a reason: it was a call.
 */
export function mayBeSentAgain(error: unknown, { credits, ratelimits }: VerifyRequest): boolean {
  if (!(error instanceof ConnectionError) || error.code === 'ERR_TOO_LARGE') return false;
  return !error.sent || (credits?.cost === 0 && ratelimits === undefined);
}
