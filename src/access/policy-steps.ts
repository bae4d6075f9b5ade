import type { HandlerPolicy } from '../contracts/handler-policy.js';
import type { DecisionSteps } from './decision-steps.js';
import type { RequestVerification } from './request-verification.js';

/** The steps of a decision without a handler: nothing is skipped, and the policy is always the same. */
export function policySteps(requests: RequestVerification, policy: HandlerPolicy): DecisionSteps {
  return {
    policy: () => policy,
    extractKey: (context) => requests.findKey(context, policy.keyFrom),
    verify: (key, demands, context) => requests.verify(key, demands, context),
    allow: (verification, context) => requests.allow(verification, context),
    deny: (denial, context) => requests.deny(denial, context, policy),
  };
}
