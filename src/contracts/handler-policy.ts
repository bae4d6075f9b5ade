import type { ExecutionContext } from '@nestjs/common';
import type { ResolvedKeyCheck } from './key-check.js';
import type { KeySource } from './key-source.js';
import type { KeyRatelimitDemand, PermissionExpression, VerifyOptions } from './verify-options.js';

/** A value, or a function that returns it for a request. */
export type PerRequest<T> = T | ((context: ExecutionContext) => T | Promise<T>);

/** The requirements of a handler and of its class, combined. The same deeply frozen object for every request. */
export interface HandlerPolicy {
  /** What the decorators of handler and class say; `undefined` if they say nothing, so that the options decide. */
  readonly access: 'public' | 'optional' | 'required' | undefined;
  /** The option that makes the handler public if its decorators say nothing about it. */
  readonly openedBy: 'public' | 'publicMetadata' | undefined;
  /** The name of the instance that verifies the key; `undefined` for the one without a name. */
  readonly instance: string | undefined;
  /** Whether a subclass of the guard is applied to the handler. If so, the built-in guard may skip the handler. */
  readonly hasSubclassGuard: boolean;
  /** The key sources: those of `@KeyFrom()`, or else of the option. */
  readonly keyFrom: readonly KeySource[];
  /** Whether a principal of Unkey's gateway is accepted in place of a key; see the option `gateway`. */
  readonly takesPrincipal: boolean;
  /** The authentication scheme for the `WWW-Authenticate` header. */
  readonly scheme: string;
  /** The checks of a verified key, in this order: those of the option, the class and the handler. */
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
