import type { KeySource } from '../contracts/key-source.js';
import { shown } from './shown-value.js';

/**
 * Checks sources that the option `keyFrom` or `@KeyFrom()` was given.
 *
 * @throws TypeError that says what is wrong
 */
export function checkKeySources(sources: readonly unknown[]): asserts sources is readonly KeySource[] {
  for (const source of sources) {
    if (typeof source !== 'function') {
      throw new TypeError(
        `a key source must be a function, such as fromHeader("x-api-key"), got ${shown(source)}`,
      );
    }
    const fault: unknown = Reflect.get(source, 'fault');
    if (typeof fault === 'string') throw new TypeError(fault);
  }
}

/** The scheme that the challenge of a 401 names: `Bearer` if a source reads it, else the first that a source names. */
export function challengeScheme(sources: readonly KeySource[]): string {
  const schemes = sources.map(({ scheme }) => scheme).filter((scheme) => scheme !== undefined);
  return schemes.find((scheme) => scheme === 'Bearer') ?? schemes[0] ?? 'ApiKey';
}
