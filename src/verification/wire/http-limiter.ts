import type { CountedLimits, LimitDemand } from '../../contracts/limit.js';
import type { Cancellation } from '../cancellation.js';
import type { DispatchQueue } from './dispatch-queue.js';
import { endpoint, type UnkeyApi } from './endpoint.js';
import { isRetryable } from './is-retryable.js';
import { readLimits } from './read-limits.js';

/** Counts rate limits in one call: all of them, or none. */
export type CountLimits = (
  demands: readonly LimitDemand[],
  cancellation: Cancellation,
) => Promise<CountedLimits>;

/** Counts rate limits over HTTP. A request is sent a second time only if that cannot count anything twice. */
export function httpLimiter(queue: DispatchQueue, api: UnkeyApi): CountLimits {
  const call = endpoint(queue, api, 'ratelimit.multiLimit');
  return async (demands, cancellation) => {
    const spendsNothing = demands.every(({ cost }) => cost === 0);
    const response = await call(
      { body: JSON.stringify(demands), isRetryable: (error) => isRetryable(error, spendsNothing) },
      cancellation,
    );
    return readLimits(response, demands.length);
  };
}
