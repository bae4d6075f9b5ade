import type { BreakerState } from '../../contracts/verification-observer.js';
import type { ResolvedUnkeyOptions } from '../../options/resolved-options.js';
import { Breaker } from './breaker.js';

/**
 * Creates the circuit breaker that the option `breaker` describes; `undefined` if it is off.
 *
 * @param onChange called with each new state
 */
export function openBreaker(
  { breaker }: Pick<ResolvedUnkeyOptions, 'breaker'>,
  onChange: (state: BreakerState) => void = () => {},
): Breaker | undefined {
  return breaker === false ? undefined : new Breaker(breaker, () => performance.now(), onChange);
}
