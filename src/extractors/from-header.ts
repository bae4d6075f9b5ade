import type { KeySource } from '../contracts/key-source.js';
import { keySourceFrom } from './key-source-from.js';
import { onlyValue } from './only-value.js';

/**
 * The key is the whole value of a header.
 *
 * @param name the header's name, in any case
 * @example UnkeyModule.forRoot({ keyFrom: fromHeader('x-acme-key') })
 */
export function fromHeader(name: string): KeySource {
  return keySourceFrom((places) => onlyValue(places.header(name)));
}
