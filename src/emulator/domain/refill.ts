/** When a key's credits are refilled, and to what amount. */
export interface Refill {
  readonly interval: 'daily' | 'monthly';
  readonly amount: bigint;
  /** Day of the month, only with `monthly`. In a shorter month, the last day counts. */
  readonly refillDay: number | undefined;
}

const DAY = 24 * 60 * 60 * 1000;

/** The latest time at or before `now` (Unix ms) at which this refill is due: midnight UTC of its day. */
export function latestRefill(refill: Refill, now: number): number {
  const today = now - (((now % DAY) + DAY) % DAY);
  if (refill.refillDay === undefined) return today;
  const date = new Date(now);
  const thisMonth = dayInMonth(date.getUTCFullYear(), date.getUTCMonth(), refill.refillDay);
  return thisMonth <= now
    ? thisMonth
    : dayInMonth(date.getUTCFullYear(), date.getUTCMonth() - 1, refill.refillDay);
}

/**
 * The credits after the refill that is due, if one is. More credits than the refill's amount stay as they are, and
 * unlimited ones (`null`) become limited.
 */
export function balanceAt(
  {
    remaining,
    refill,
    refilledTo,
  }: { remaining: bigint | null; refill: Refill | undefined; refilledTo: number },
  now: number,
): bigint | null {
  if (!refill || latestRefill(refill, now) <= refilledTo) return remaining;
  return remaining === null || remaining < refill.amount ? refill.amount : remaining;
}

function dayInMonth(year: number, month: number, day: number): number {
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(day, lastDay));
}
