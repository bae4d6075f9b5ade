import type { ExecutionContext } from '@nestjs/common';
import type { ResolvedKeyCheck } from '../contracts/key-check.js';
import type { VerifiedKey } from '../contracts/verified-key.js';

/** Returns the first check that does not return `true`; `undefined` if all do. Errors of a check are passed on. */
export async function refusedCheck(
  checks: readonly ResolvedKeyCheck[],
  key: VerifiedKey,
  context: ExecutionContext,
): Promise<ResolvedKeyCheck | undefined> {
  for (const one of checks) {
    const answer: unknown = await one.check(key, context);
    if (answer !== true) return one;
  }
  return undefined;
}
