import type { KeySource } from '../contracts/key-source.js';
import { headerValues } from './header-values.js';
import { onlyValue } from './only-value.js';

/**
 * The key is the whole value of a header.
 *
 * @param name the header's name, in any case
 * @example UnkeyModule.forRoot({ keyFrom: fromHeader('x-acme-key') })
 */
export function fromHeader(name: string): KeySource {
  return (context) => onlyValue(headerValues(context.switchToHttp().getRequest(), name));
}
