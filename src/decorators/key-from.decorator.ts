import type { KeySource } from '../contracts/key-source.js';
import { addPolicy, POLICY, type HandlerDecorator } from './policy-metadata.js';

/**
 * Sets where the key of these handlers is read, instead of the option `keyFrom`. The guard uses the first source that
 * finds a key. On a handler, it replaces the one on the class.
 *
 * @example
 * @KeyFrom(fromHeader('x-partner-key'))
 * @Controller('partners')
 * export class PartnersController {}
 */
export function KeyFrom(...sources: KeySource[]): HandlerDecorator {
  return addPolicy(POLICY.keyFrom, sources);
}
