import { operation } from './operation.js';
import { takeLimits } from './take-limits.js';

export const limit = operation('ratelimit.limit', (body, context) => {
  const data = takeLimits([body], context).map(
    ({ limit: effective, override, passed, remaining, reset }) => ({
      limit: effective,
      overrideId: override?.id,
      remaining,
      reset,
      success: passed,
    }),
  );
  return { data: data[0] };
});
