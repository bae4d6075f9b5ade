import type { PerRequest } from '../contracts/handler-policy.js';
import { addPolicy, POLICY, type HandlerDecorator } from './policy-metadata.js';

/**
 * Adds tags for Unkey's analytics: strings, or functions that return them for the request. Tags on class and handler are
 * combined: at most 20, each 1 to 512 characters. What a function returns beyond that is cut off, so that tags never
 * fail a request.
 *
 * @example
 * @VerificationTags('export', (context) => [`region:${context.switchToHttp().getRequest<Request>().params.region}`])
 */
export function VerificationTags(...tags: PerRequest<string | string[]>[]): HandlerDecorator {
  return addPolicy(POLICY.tags, ...tags);
}
