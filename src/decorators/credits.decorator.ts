import type { PerRequest } from '../contracts/handler-policy.js';
import { addPolicy, POLICY, type HandlerDecorator } from './policy-metadata.js';

/**
 * What a call costs: a whole number from 0, or a function of the request. Without it Unkey takes 1 from a key with
 * a credit limit. The handler's replaces the class's. Guards run before pipes, so a function that reads what the
 * caller sent must check it: what is no whole number from 0 ends the request with a 500.
 *
 * @example
 * @Credits(5)
 * @example
 * @Credits((context) => (context.switchToHttp().getRequest<Request>().method === 'POST' ? 5 : 0))
 */
export function Credits(credits: PerRequest<number>): HandlerDecorator {
  // `null` is "given, but nothing", which fails at boot; `undefined` would look like no decorator at all.
  return addPolicy(POLICY.credits, credits ?? null);
}
