import type { CountedLimits, LimitDemand } from '../contracts/limit.js';
import { classifyFailure } from '../errors/classify-failure.js';
import { DeadlineError, withDeadline } from './deadline.js';
import type { Failed } from './outcome.js';
import type { CountLimits } from './wire/http-limiter.js';

/**
 * Counts rate limits once, with a deadline. Never rejects.
 *
 * @param open returns the connections to Unkey, which may have to be opened first
 * @param timeout the time for the whole call, in ms
 */
export async function obtainLimits(
  open: () => Promise<{ readonly countLimits: CountLimits }>,
  demands: readonly LimitDemand[],
  timeout: number,
): Promise<CountedLimits | Failed> {
  try {
    return await withDeadline(async (deadline) => (await open()).countLimits(demands, deadline), timeout);
  } catch (error) {
    const failure = classifyFailure(error);
    return { failure: error instanceof DeadlineError ? { ...failure, isLate: true } : failure };
  }
}
