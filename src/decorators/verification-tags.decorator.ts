import type { PerRequest } from '../contracts/handler-policy.js';
import { addPolicy, POLICY, type HandlerDecorator } from './policy-metadata.js';

/**
 * Tags for Unkey's analytics: texts, or functions of the request. Those of class and handler are joined; at most
 * 20, each 1 to 512 characters. What a function gives beyond that is cut off, since a tag must not fail a request.
 *
 * @example
 * @VerificationTags('export', (context) => [`region:${context.switchToHttp().getRequest<Request>().params.region}`])
 */
export function VerificationTags(...tags: PerRequest<string | string[]>[]): HandlerDecorator {
  return addPolicy(POLICY.tags, ...tags);
}
