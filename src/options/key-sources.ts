import type { KeySource } from '../contracts/key-source.js';
import { shown } from './shown-value.js';

/**
 * Checks the sources in the option `keyFrom` or in `@KeyFrom()`.
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

/**
 * The scheme in the `WWW-Authenticate` of a 401: `Bearer` if a source reads it, otherwise that of the first source with
 * a scheme.
 */
export function challengeScheme(sources: readonly KeySource[]): string {
  const schemes = sources.map(({ scheme }) => scheme).filter((scheme) => scheme !== undefined);
  return schemes.find((scheme) => scheme === 'Bearer') ?? schemes[0] ?? 'ApiKey';
}
