import type { PerRequest } from '../contracts/handler-policy.js';
import { addPolicy, POLICY, type HandlerDecorator } from './policy-metadata.js';

/**
 * What a call costs: a whole number from 0, or a function of the request. Without it Unkey takes 1 from a key with
 * a credit limit. The handler's replaces the class's.
 *
 * @example
 * @Credits(5)
 * @example
 * @Credits((context) => context.switchToHttp().getRequest<Request>().body.pages)
 */
export function Credits(credits: PerRequest<number>): HandlerDecorator {
  return addPolicy(POLICY.credits, credits);
}
