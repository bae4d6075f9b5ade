/** The count of one limit in the current window and the previous one. */
export interface Counter {
  /** Number of the current window since the epoch. */
  window: number;
  current: number;
  previous: number;
}

/** One limit to check, with its counter. */
export interface LimitCheck {
  readonly counter: Counter;
  readonly limit: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly cost: number;
}

/** The result of one limit. */
export interface LimitOutcome {
  passed: boolean;
  remaining: number;
  /** End of the current window in Unix ms. */
  reset: number;
}

/**
 * Unkey's rate limiter. Windows are aligned to the epoch. The previous window counts with the share of it that a sliding
 * window still covers. All limits are counted in order: if two limits share a counter, the first one's cost counts for
 * the second even if the first one fails. If any limit fails, all costs are undone, and the limits that passed report
 * what remained before their own cost.
 */
export function takeAll(checks: readonly LimitCheck[], now: number): LimitOutcome[] {
  const results = checks.map((check) => take(check, now));
  if (results.every(({ passed }) => passed)) return results;
  for (const [index, { counter, cost }] of checks.entries()) {
    counter.current -= cost;
    const result = results[index];
    if (result?.passed) result.remaining = result.before;
  }
  return results;
}

function take(
  { counter, limit, duration, cost }: LimitCheck,
  now: number,
): LimitOutcome & { before: number } {
  const window = Math.floor(now / duration);
  slide(counter, window);
  const elapsed = (now - window * duration) / duration;
  const base = counter.current + Math.trunc(counter.previous * (1 - elapsed));
  const passed = base + cost <= limit;
  counter.current += cost;
  return {
    passed,
    remaining: passed ? Math.max(0, limit - base - cost) : 0,
    reset: (window + 1) * duration,
    before: Math.max(0, limit - base),
  };
}

/** Moves a counter to a window. The count of the window right before it becomes `previous`. */
export function slide(counter: Counter, window: number): void {
  if (counter.window === window) return;
  counter.previous = counter.window === window - 1 ? counter.current : 0;
  counter.current = 0;
  counter.window = window;
}
