import type { KeySource } from '../contracts/key-source.js';
import { addPolicy, POLICY, type HandlerDecorator } from './policy-metadata.js';

/**
 * Sets the only sources from which the key of these handlers is read, instead of the option `keyFrom`. The first source
 * that finds a key wins. On a handler, it replaces the one on the class.
 *
 * @example
 * @KeyFrom(fromHeader('x-partner-key'))
 * @Controller('partners')
 * export class PartnersController {}
 */
export function KeyFrom(...sources: KeySource[]): HandlerDecorator {
  return addPolicy(POLICY.keyFrom, sources);
}
