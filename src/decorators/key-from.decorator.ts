import type { KeySource } from '../contracts/key-source.js';
import { addPolicy, POLICY, type HandlerDecorator } from './policy-metadata.js';

/**
 * Keys of these handlers come from these sources alone, in place of the option `keyFrom`. The first source that finds a
 * key wins. The handler's replaces the class's.
 *
 * @example
 * @KeyFrom(fromHeader('x-partner-key'))
 * @Controller('partners')
 * export class PartnersController {}
 */
export function KeyFrom(...sources: KeySource[]): HandlerDecorator {
  return addPolicy(POLICY.keyFrom, sources);
}
