import type { ExecutionContext } from '@nestjs/common';
import type { HandlerPolicy, PolicyAnswers } from '../contracts/handler-policy.js';
import type { VerifyOptions } from '../contracts/verify-options.js';
import { checkCredits, fitTags } from '../options/check-demands.js';

type Demands = Pick<HandlerPolicy, 'permissions' | 'credits' | 'ratelimits' | 'tags'>;

/** What is demanded whatever the request is; `undefined` where a function of the request must be asked. */
export function fixedDemands({ credits, tags, ...others }: Demands): VerifyOptions | undefined {
  if (typeof credits === 'function') return undefined;
  const texts = tags.filter((tag) => typeof tag !== 'function');
  return texts.length < tags.length ? undefined : demands(others, credits, texts.flat());
}

/** What the policy's functions say of this request. */
export async function answersFor(policy: HandlerPolicy, context: ExecutionContext): Promise<PolicyAnswers> {
  const credits = await creditsOf(policy, context);
  const tags = await Promise.all(
    policy.tags.map(async (tag) => (typeof tag === 'function' ? tag(context) : tag)),
  );
  return { credits, tags: tags.flat() };
}

/** What a policy demands, with what its functions said: what it does not demand left out. */
export function demandsWith(policy: HandlerPolicy, { credits, tags }: PolicyAnswers): VerifyOptions {
  return demands(policy, credits, tags);
}

function demands(
  { permissions, ratelimits }: Pick<Demands, 'permissions' | 'ratelimits'>,
  credits: number | undefined,
  tags: readonly string[],
): VerifyOptions {
  const options: VerifyOptions = {};
  if (permissions.length > 0) options.permissions = permissions;
  if (credits !== undefined) options.credits = credits;
  if (ratelimits.length > 0) options.ratelimits = ratelimits;
  if (tags.length > 0) options.tags = fitTags(tags);
  return options;
}

/** A function that gives no number is a fault: without a cost Unkey would take 1. */
async function creditsOf({ credits }: HandlerPolicy, context: ExecutionContext): Promise<number | undefined> {
  if (typeof credits !== 'function') return credits;
  const cost: unknown = await credits(context);
  checkCredits(cost);
  return cost;
}
