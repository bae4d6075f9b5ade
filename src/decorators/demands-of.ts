import type { ExecutionContext } from '@nestjs/common';
import type { HandlerPolicy } from '../contracts/handler-policy.js';
import type { VerifyOptions } from '../contracts/verify-options.js';
import { checkCredits, fitTags } from '../options/check-demands.js';

/** What a policy demands of this one request: its functions asked, what it does not demand left out. */
export async function demandsOf(policy: HandlerPolicy, context: ExecutionContext): Promise<VerifyOptions> {
  const credits = await creditsOf(policy, context);
  const tags = await Promise.all(
    policy.tags.map(async (tag) => (typeof tag === 'function' ? tag(context) : tag)),
  );
  return {
    ...(policy.permissions.length === 0 ? {} : { permissions: policy.permissions }),
    ...(credits === undefined ? {} : { credits }),
    ...(policy.ratelimits.length === 0 ? {} : { ratelimits: policy.ratelimits }),
    ...(tags.length === 0 ? {} : { tags: fitTags(tags.flat()) }),
  };
}

/** A function that gives no number is a fault: without a cost Unkey would take 1. */
async function creditsOf({ credits }: HandlerPolicy, context: ExecutionContext): Promise<number | undefined> {
  if (typeof credits !== 'function') return credits;
  const cost: unknown = await credits(context);
  checkCredits(cost);
  return cost;
}
