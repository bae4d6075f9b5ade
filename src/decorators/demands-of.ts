import type { ExecutionContext } from '@nestjs/common';
import type { HandlerPolicy, PolicyAnswers } from '../contracts/handler-policy.js';
import type { VerifyOptions } from '../contracts/verify-options.js';
import { checkCredits, fitTags } from '../options/check-demands.js';

type Demands = Pick<HandlerPolicy, 'permissions' | 'credits' | 'ratelimits' | 'tags'>;

/** Returns the options that do not depend on the request; `undefined` if a function must be called for each request. */
export function fixedDemands({ credits, tags, ...others }: Demands): VerifyOptions | undefined {
  if (typeof credits === 'function') return undefined;
  const texts = tags.filter((tag) => typeof tag !== 'function');
  return texts.length < tags.length ? undefined : demands(others, credits, texts.flat());
}

/** Calls the functions of a policy for this request. */
export async function answersFor(policy: HandlerPolicy, context: ExecutionContext): Promise<PolicyAnswers> {
  const credits = await creditsOf(policy, context);
  const tags = await Promise.all(
    policy.tags.map(async (tag) => (typeof tag === 'function' ? tag(context) : tag)),
  );
  return { credits, tags: tags.flat() };
}

/** Returns the options for `verify`: the policy, and the values that its functions returned. */
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

/** Throws if the function returns no number, because without a cost Unkey would deduct 1 credit. */
async function creditsOf({ credits }: HandlerPolicy, context: ExecutionContext): Promise<number | undefined> {
  if (typeof credits !== 'function') return credits;
  const cost: unknown = await credits(context);
  checkCredits(cost);
  return cost;
}
