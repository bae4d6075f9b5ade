import type { LimitDemand } from '../contracts/limit.js';
import { isWhole } from './check-demands.js';
import { shown } from './shown-value.js';

// The bounds of Unkey's OpenAPI description.
const MAX_LENGTH = 512;
/** 30 days, in ms. */
export const MAX_DURATION = 2_592_000_000;
/** How many limits one call can count. */
const MAX_LIMITS = 100;
const DEMAND_KEYS = new Set(['namespace', 'identifier', 'limit', 'duration', 'cost']);

/**
 * Checks what `UnkeyService.limit()` was given.
 *
 * @throws TypeError that says what is wrong
 */
export function checkLimits(demands: readonly unknown[]): asserts demands is readonly LimitDemand[] {
  if (demands.length === 0 || demands.length > MAX_LIMITS) {
    throw new TypeError(`limit() takes 1 to ${MAX_LIMITS} limits, got ${demands.length}`);
  }
  for (const demand of demands) checkDemand(demand);
}

function checkDemand(demand: unknown): void {
  if (typeof demand !== 'object' || demand === null || Array.isArray(demand)) {
    throw new TypeError(
      `a limit must be an object { namespace, identifier, limit, duration, cost }, got ${shown(demand)}`,
    );
  }
  checkKnown(demand, DEMAND_KEYS);
  const { namespace, identifier, limit, duration, cost }: Partial<Record<keyof LimitDemand, unknown>> =
    demand;
  checkNamespace(namespace);
  checkText('identifier', identifier);
  checkNumber('limit', limit, namespace);
  checkNumber('duration', duration, namespace);
  if (cost !== undefined) checkNumber('cost', cost, namespace);
}

/** @throws TypeError for a member that is not one of `known` */
export function checkKnown(given: object, known: ReadonlySet<string>): void {
  const unknown = Object.keys(given).find((name) => !known.has(name));
  if (unknown === undefined) return;
  throw new TypeError(`unknown member "${unknown}" of a limit; it takes ${[...known].join(', ')}`);
}

/** @throws TypeError for a namespace that Unkey does not accept */
export function checkNamespace(namespace: unknown): asserts namespace is string {
  checkText('namespace', namespace);
}

/** @throws TypeError for a number that Unkey does not accept */
export function checkNumber(
  name: 'limit' | 'duration' | 'cost',
  value: unknown,
  namespace: string,
): asserts value is number {
  const fits = {
    limit: isWhole(value, 1),
    duration: isWhole(value, 1000, MAX_DURATION),
    cost: isWhole(value, 0),
  };
  if (fits[name]) return;
  throw new TypeError(`"${name}" of the limit "${namespace}" must be ${EXPECTED[name]}, got ${shown(value)}`);
}

const EXPECTED = {
  limit: 'a whole number of at least 1',
  duration: `a whole number of milliseconds from 1000 to ${MAX_DURATION}`,
  cost: 'a whole number of at least 0',
} as const;

function checkText(name: 'namespace' | 'identifier', value: unknown): asserts value is string {
  if (typeof value === 'string' && value !== '' && Array.from(value).length <= MAX_LENGTH) return;
  throw new TypeError(
    `"${name}" of a limit must be a string of 1 to ${MAX_LENGTH} characters, got ${shown(value)}`,
  );
}
