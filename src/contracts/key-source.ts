import type { ExecutionContext } from '@nestjs/common';

/** Where a key may stand in a request; `undefined` where there is none. */
export interface KeySource {
  (context: ExecutionContext): string | undefined;
  /** The authentication scheme that a challenge names for this source; `ApiKey` unless given. */
  readonly scheme?: 'Bearer' | 'ApiKey';
}
