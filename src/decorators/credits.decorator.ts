import type { PerRequest } from '../contracts/handler-policy.js';
import { addPolicy, POLICY, type HandlerDecorator } from './policy-metadata.js';

/**
 * Sets how many credits a call costs: a whole number from 0, or a function that returns one for the request. Without
 * it, Unkey deducts 1 credit from a key that has a credit limit. On a handler, it replaces the one on the class. Guards
 * run before pipes, so a function must validate what it reads from the request. If it returns anything but a whole
 * number from 0, the caller gets a 500.
 *
 * @example
 * @Credits(5)
 * @example
 * @Credits((context) => (context.switchToHttp().getRequest<Request>().method === 'POST' ? 5 : 0))
 */
export function Credits(credits: PerRequest<number>): HandlerDecorator {
  // `null` fails at startup. `undefined` would look as if the decorator were missing.
  return addPolicy(POLICY.credits, credits ?? null);
}
