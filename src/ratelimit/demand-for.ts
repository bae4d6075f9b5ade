import type { ExecutionContext } from '@nestjs/common';
import type { HandlerLimit } from '../contracts/handler-limits.js';
import type { PerRequest } from '../contracts/handler-policy.js';
import type { LimitDemand } from '../contracts/limit.js';
import type { VerifiedKey } from '../contracts/verified-key.js';
import { checkNumber } from '../options/check-limits.js';
import { identifierFor } from './identifier.js';

/**
 * Calls the functions of a limit for this request.
 *
 * @returns `undefined` if the caller's address is needed and not known
 * @throws TypeError if a function returns a wrong value
 */
export async function demandFor(
  { namespace, by, ...numbers }: HandlerLimit,
  context: ExecutionContext,
  key: VerifiedKey | undefined,
): Promise<LimitDemand | undefined> {
  const limit = await valueOf('limit', numbers.limit);
  const duration = await valueOf('duration', numbers.duration);
  const cost = await valueOf('cost', numbers.cost);
  const identifier = await identifierFor(by, context, key);
  return identifier === undefined ? undefined : { namespace, identifier, limit, duration, cost };

  async function valueOf(name: 'limit' | 'duration' | 'cost', given: PerRequest<number>): Promise<number> {
    if (typeof given !== 'function') return given;
    const value: unknown = await given(context);
    checkNumber(name, value, namespace);
    return value;
  }
}
