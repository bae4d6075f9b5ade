import type { ExecutionContext } from '@nestjs/common';
import type { KeyRatelimitDemand, PermissionExpression, VerifyOptions } from './verify-options.js';

/** A value, or a function of the request that gives it. */
export type PerRequest<T> = T | ((context: ExecutionContext) => T | Promise<T>);

/** What one handler demands, its class's demands joined in. The same object for every request, frozen to its leaves. */
export interface HandlerPolicy {
  /** What the decorators of handler and class say; `undefined` where they say nothing and the options decide. */
  readonly access: 'public' | 'optional' | 'required' | undefined;
  readonly permissions: PermissionExpression[];
  readonly credits: PerRequest<number> | undefined;
  readonly ratelimits: KeyRatelimitDemand[];
  readonly tags: readonly PerRequest<string | string[]>[];
  /** All of it for a verification, where nothing depends on the request; `undefined` where a function must be asked. */
  readonly fixed: VerifyOptions | undefined;
}

/** What the functions of a policy say of one request. */
export interface PolicyAnswers {
  readonly credits: number | undefined;
  readonly tags: readonly string[];
}
