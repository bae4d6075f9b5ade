// The comparisons and their goals. Goals are for Fastify, because the cost of Express hides the cost of the guard.
import { CACHED, FLOOR, HAND_WRITTEN, LISTENED, NOOP, NOOP_AGAIN, SDK, UNCACHED } from './contenders.mjs';
import { ratio } from './statistics.mjs';

const CACHED_GOAL = 0.85;
const NEAR_HAND_WRITTEN = 0.03;
const NO_NOISE = { least: 0.97, most: 1.03, reason: 'otherwise this run is too noisy to decide the goals' };

const COMPARISONS = [
  { name: 'noise: two identical no-op apps', a: NOOP_AGAIN, b: NOOP, goal: () => NO_NOISE },
  { name: 'hand-written cache / no-op', a: HAND_WRITTEN, b: NOOP },
  { name: 'cached / no-op', a: CACHED, b: NOOP, goal: cachedGoal },
  { name: 'cached / hand-written cache', a: CACHED, b: HAND_WRITTEN },
  { name: 'uncached / floor', a: UNCACHED, b: FLOOR, goal: () => ({ least: 0.95 }) },
  { name: 'uncached / SDK, one client', a: UNCACHED, b: SDK, goal: () => ({ least: 6 }) },
  { name: 'p99 uncached / p99 floor', a: UNCACHED, b: FLOOR, figure: 'p99', goal: () => ({ most: 1.2 }) },
  { name: 'listened to / not', a: LISTENED, b: UNCACHED },
];

/** Returns a line for each comparison whose two contenders ran. */
export function comparisonLines(rounds, adapter) {
  return COMPARISONS.filter(({ a, b }) => rounds.has(a) && rounds.has(b)).map(
    ({ name, a, b, figure = 'perCore', goal }) => {
      const { value, low, high } = ratio(rounds, a, b, figure);
      const verdict = goal === undefined || adapter !== 'fastify' ? '' : ` ${verdictOf(value, goal(rounds))}`;
      return `${name}: ${value.toFixed(2)} (half of the rounds: ${low.toFixed(2)} to ${high.toFixed(2)})${verdict}`;
    },
  );
}

/** 0.85 of the no-op guard, or within 0.03 of the hand-written cache, whichever is lower. */
function cachedGoal(rounds) {
  if (!rounds.has(HAND_WRITTEN)) return { least: CACHED_GOAL };
  const near = ratio(rounds, HAND_WRITTEN, NOOP, 'perCore').value - NEAR_HAND_WRITTEN;
  return near < CACHED_GOAL
    ? { least: near, reason: `${NEAR_HAND_WRITTEN} below the hand-written cache, lower than ${CACHED_GOAL}` }
    : {
        least: CACHED_GOAL,
        reason: `lower than ${near.toFixed(2)}, which is ${NEAR_HAND_WRITTEN} below the hand-written cache`,
      };
}

function verdictOf(value, { least = -Infinity, most = Infinity, reason }) {
  const bounds = [];
  if (least !== -Infinity) bounds.push(`>= ${Number(least.toFixed(2))}`);
  if (most !== Infinity) bounds.push(`<= ${most}`);
  const why = reason === undefined ? '' : ` (${reason})`;
  return `must be ${bounds.join(' and ')}${why}: ${value >= least && value <= most ? 'reached' : 'NOT reached'}`;
}
