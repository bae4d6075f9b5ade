import type { ExecutionContext } from '@nestjs/common';
import type { KeyRatelimitDemand, PermissionExpression, VerifyOptions } from './verify-options.js';

/** A value, or a function that returns it for a request. */
export type PerRequest<T> = T | ((context: ExecutionContext) => T | Promise<T>);

/** The requirements of a handler and of its class, combined. The same deeply frozen object for every request. */
export interface HandlerPolicy {
  /** What the decorators of handler and class say; `undefined` where they say nothing and the options decide. */
  readonly access: 'public' | 'optional' | 'required' | undefined;
  readonly permissions: PermissionExpression[];
  readonly credits: PerRequest<number> | undefined;
  readonly ratelimits: KeyRatelimitDemand[];
  readonly tags: readonly PerRequest<string | string[]>[];
  /** The options for `verify`, if they do not depend on the request; `undefined` if a function must be called. */
  readonly fixed: VerifyOptions | undefined;
}

/** The values that the functions of a policy return for one request. */
export interface PolicyAnswers {
  readonly credits: number | undefined;
  readonly tags: readonly string[];
}
