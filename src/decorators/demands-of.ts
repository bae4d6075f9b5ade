import type { ExecutionContext } from '@nestjs/common';
import type { HandlerPolicy } from '../contracts/handler-policy.js';
import type { VerifyOptions } from '../contracts/verify-options.js';
import { checkCredits, fitTags } from '../options/check-demands.js';

/**
 * What a policy demands of this one request: its functions asked, what it does not demand left out. At once where
 * there is no function to ask, since that is nearly every handler.
 */
export function demandsOf(
  policy: HandlerPolicy,
  context: ExecutionContext,
): VerifyOptions | Promise<VerifyOptions> {
  const { credits, tags } = policy;
  if (tags.length === 0 && typeof credits !== 'function') return demands(policy, credits, []);
  return asked(policy, context);
}

async function asked(policy: HandlerPolicy, context: ExecutionContext): Promise<VerifyOptions> {
  const credits = await creditsOf(policy, context);
  const tags = await Promise.all(
    policy.tags.map(async (tag) => (typeof tag === 'function' ? tag(context) : tag)),
  );
  return demands(policy, credits, tags.flat());
}

function demands(
  { permissions, ratelimits }: HandlerPolicy,
  credits: number | undefined,
  tags: string[],
): VerifyOptions {
  return {
    ...(permissions.length === 0 ? {} : { permissions }),
    ...(credits === undefined ? {} : { credits }),
    ...(ratelimits.length === 0 ? {} : { ratelimits }),
    ...(tags.length === 0 ? {} : { tags: fitTags(tags) }),
  };
}

/** A function that gives no number is a fault: without a cost Unkey would take 1. */
async function creditsOf({ credits }: HandlerPolicy, context: ExecutionContext): Promise<number | undefined> {
  if (typeof credits !== 'function') return credits;
  const cost: unknown = await credits(context);
  checkCredits(cost);
  return cost;
}
