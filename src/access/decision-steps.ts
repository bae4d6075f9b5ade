import type { ExecutionContext } from '@nestjs/common';
import type { Awaitable } from '../contracts/awaitable.js';
import type { HandlerPolicy } from '../contracts/handler-policy.js';
import type { Verification } from '../contracts/verification.js';
import type { VerifyOptions } from '../contracts/verify-options.js';
import type { UnkeyException } from '../errors/unkey.exception.js';

/** The steps of a decision. Optional steps can be omitted. */
export interface DecisionSteps {
  policy(context: ExecutionContext): HandlerPolicy;
  /** Whether no key is needed. */
  skip?(context: ExecutionContext): Awaitable<boolean>;
  /** Returns a promise to await before looking for the key. It rejects if the request is denied. */
  ready?(context: ExecutionContext): Promise<unknown> | undefined;
  /** Whether a principal of Unkey's gateway is accepted in place of a key; default: yes. */
  readonly takesPrincipal?: boolean;
  extractKey(context: ExecutionContext): Awaitable<string | undefined>;
  verify(key: string, demands: VerifyOptions, context: ExecutionContext): Awaitable<Verification>;
  allow(verification: Verification, context: ExecutionContext): Awaitable<void>;
  deny(denial: UnkeyException, context: ExecutionContext): Awaitable<never>;
}
