/** What is counted of one limit: this window and the one before it. */
export interface Counter {
  /** Number of the current window since the epoch. */
  window: number;
  current: number;
  previous: number;
}

/** One limit to be tested, with the counter that it counts on. */
export interface LimitCheck {
  readonly counter: Counter;
  readonly limit: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly cost: number;
}

export interface LimitOutcome {
  passed: boolean;
  remaining: number;
  /** End of the current window in Unix ms. */
  reset: number;
}

/**
 * Unkey's limiter: windows aligned to the epoch, the earlier one weighted by what is left of it. The costs of all
 * limits are added first, in order, and then each is judged: where two limits share a counter, the first one's cost
 * weighs on the second even if the first one fails. If any fails, all costs are taken back, and those that did not
 * fail report what they had left before their own cost.
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

/** Brings a counter to a window; what was counted in the one before weighs on. */
export function slide(counter: Counter, window: number): void {
  if (counter.window === window) return;
  counter.previous = counter.window === window - 1 ? counter.current : 0;
  counter.current = 0;
  counter.window = window;
}
