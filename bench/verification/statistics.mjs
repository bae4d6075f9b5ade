// Medians, and ratios round by round.

export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Returns the median. For an even number of values, it is the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/**
 * Compares two contenders: the median of the ratios per round, because the speed of a machine varies over time, and the
 * quartiles of these ratios, which show how much they differ.
 */
export function ratio(rounds, a, b, figure) {
  const others = rounds.get(b);
  const ratios = rounds.get(a).map((one, index) => one[figure] / others[index][figure]);
  return { value: median(ratios), low: percentile(ratios, 0.25), high: percentile(ratios, 0.75) };
}
