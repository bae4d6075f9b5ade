import type { HandlerLimit, RatelimitOptions } from '../contracts/handler-limits.js';
import { checkKnown, checkNamespace, checkNumber } from '../options/check-limits.js';
import { shown } from '../options/shown-value.js';

const KNOWN = new Set(['namespace', 'limit', 'duration', 'cost', 'by', 'onUnavailable']);

/**
 * Checks the arguments of one `@Ratelimit()` and fills in the defaults.
 *
 * @throws TypeError if a value is invalid
 */
export function resolveLimit(given: unknown): HandlerLimit {
  checkShape(given);
  const { namespace, limit, duration, cost = 1, by = 'key', onUnavailable = 'deny' } = given;
  checkNamespace(namespace);
  for (const [name, value] of Object.entries({ limit, duration, cost }) as [Number, unknown][]) {
    if (typeof value !== 'function') checkNumber(name, value, namespace);
  }
  if (typeof by !== 'function' && !['key', 'identity', 'ip'].includes(by)) {
    throw new TypeError(
      `"by" must be 'key', 'identity', 'ip' or a function (context) => string, got ${shown(by)}`,
    );
  }
  if (!['deny', 'allow'].includes(onUnavailable)) {
    throw new TypeError(`"onUnavailable" must be 'deny' or 'allow', got ${shown(onUnavailable)}`);
  }
  const needsDecision = by !== 'ip' || [limit, duration, cost].some((value) => typeof value === 'function');
  return Object.freeze({ namespace, limit, duration, cost, by, onUnavailable, needsDecision });
}

type Number = 'limit' | 'duration' | 'cost';

function checkShape(given: unknown): asserts given is RatelimitOptions {
  if (typeof given !== 'object' || given === null) {
    throw new TypeError(`takes an object { namespace, limit, duration, … }, got ${shown(given)}`);
  }
  checkKnown(given, KNOWN);
}
