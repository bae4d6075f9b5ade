import { ConnectionError } from './connection.error.js';

/**
 * Whether a call without a response can be sent a second time: it provably was never sent, or it spends nothing. A call
 * that got a response is never sent again, whatever the response is.
 */
export function isRetryable(error: unknown, spendsNothing: boolean): boolean {
  if (!(error instanceof ConnectionError) || error.code === 'ERR_TOO_LARGE') return false;
  return !error.sent || spendsNothing;
}
