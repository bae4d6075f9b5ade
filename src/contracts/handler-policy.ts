import type { ExecutionContext } from '@nestjs/common';
import type { ResolvedKeyCheck } from './key-check.js';
import type { KeySource } from './key-source.js';
import type { KeyRatelimitDemand, PermissionExpression, VerifyOptions } from './verify-options.js';

/** A value, or a function of the request that gives it. */
export type PerRequest<T> = T | ((context: ExecutionContext) => T | Promise<T>);

/** What one handler demands, its class's demands joined in. The same object for every request, frozen to its leaves. */
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
  /** All of it for a verification, where nothing depends on the request; `undefined` where a function must be asked. */
  readonly fixed: VerifyOptions | undefined;
}

/** What the functions of a policy say of one request. */
export interface PolicyAnswers {
  readonly credits: number | undefined;
  readonly tags: readonly string[];
}
