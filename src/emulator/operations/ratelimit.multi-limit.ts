import type { Namespace } from '../store/records.js';
import { operation } from './operation.js';
import { takeLimits } from './take-limits.js';

export const multiLimit = operation('ratelimit.multiLimit', (body, context) => {
  const limits = takeLimits(body, context, isSpelledSo).map(
    ({ limit, override, passed, remaining, reset }, index) => ({
      identifier: body[index]?.identifier,
      limit,
      namespace: body[index]?.namespace,
      overrideId: override?.id,
      passed,
      remaining,
      reset,
    }),
  );
  return { data: { limits, passed: limits.every(({ passed }) => passed) } };
});

/** A namespace in another spelling, which the database considers equal, is found only by trying to create it. */
function isSpelledSo(namespace: Namespace | undefined, name: string): boolean {
  return namespace?.name === name || namespace?.id === name;
}
