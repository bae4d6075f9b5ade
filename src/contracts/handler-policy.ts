import type { ExecutionContext } from '@nestjs/common';
import type { ResolvedKeyCheck } from './key-check.js';
import type { KeySource } from './key-source.js';
import type { KeyRatelimitDemand, PermissionExpression, VerifyOptions } from './verify-options.js';

/** A value, or a function that returns it for a request. */
export type PerRequest<T> = T | ((context: ExecutionContext) => T | Promise<T>);

/** The requirements of a handler and of its class, combined. The same deeply frozen object for every request. */
export interface HandlerPolicy {
  /** What the decorators of handler and class say; `undefined` where they say nothing and the options decide. */
  readonly access: 'public' | 'optional' | 'required' | undefined;
  /** The option that makes the handler public where its decorators say nothing about it. */
  readonly openedBy: 'public' | 'publicMetadata' | undefined;
  /** Whether a subclass of the guard stands on the handler, so that the built-in global guard leaves it to that one. */
  readonly hasSubclassGuard: boolean;
  /** Where the key stands: what `@KeyFrom()` says, else the option. */
  readonly keyFrom: readonly KeySource[];
  /** The scheme that a challenge names. */
  readonly scheme: string;
  /** What a verified key is asked: the option's, the class's, the handler's. */
  readonly checks: readonly ResolvedKeyCheck[];
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
