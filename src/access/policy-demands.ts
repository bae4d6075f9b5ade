import type { ExecutionContext } from '@nestjs/common';
import type { Awaitable } from '../contracts/awaitable.js';
import type { HandlerPolicy } from '../contracts/handler-policy.js';
import type { RequestState } from '../contracts/request-state.js';
import type { VerifyOptions } from '../contracts/verify-options.js';
import { answersFor, demandsWith } from '../decorators/demands-of.js';
import { frozenCopy } from '../options/frozen.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import { knownAddress } from '../transports/known-address.js';
import { transportOf } from '../transports/transport-of.js';

/** Returns what a policy requires of this request. Frozen, so that one guard cannot change it for another. */
export function demandsOf(
  policy: HandlerPolicy,
  context: ExecutionContext,
  state: RequestState,
  { clientIp }: ResolvedUnkeyOptions,
): Awaitable<VerifyOptions> {
  return policy.fixed !== undefined && !clientIp
    ? policy.fixed
    : demandsNow(policy, context, state, clientIp);
}

async function demandsNow(
  policy: HandlerPolicy,
  context: ExecutionContext,
  state: RequestState,
  sendsAddress: boolean,
): Promise<VerifyOptions> {
  const demands =
    policy.fixed ??
    demandsWith(policy, await state.answers(context.getHandler(), () => answersFor(policy, context)));
  const caller = sendsAddress ? { clientIp: knownAddress(transportOf(context).clientIp?.(context)) } : {};
  return frozenCopy({ ...caller, ...demands });
}
