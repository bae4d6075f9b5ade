import { operation } from './operation.js';
import { takeLimits } from './take-limits.js';

export const multiLimit = operation('ratelimit.multiLimit', (body, context) => {
  const limits = takeLimits(body, context).map(({ limit, override, passed, remaining, reset }, index) => ({
    identifier: body[index]?.identifier,
    limit,
    namespace: body[index]?.namespace,
    overrideId: override?.id,
    passed,
    remaining,
    reset,
  }));
  return { data: { limits, passed: limits.every(({ passed }) => passed) } };
});
