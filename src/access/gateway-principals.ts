import { Logger, type ExecutionContext } from '@nestjs/common';
import type { HandlerPolicy } from '../contracts/handler-policy.js';
import type { Verification } from '../contracts/verification.js';
import type { VerifyOptions } from '../contracts/verify-options.js';
import { UnkeyUnavailableException } from '../errors/unkey-unavailable.exception.js';
import { PRINCIPAL_HEADER, REQUEST_ID_HEADER } from '../gateway/principal-headers.js';
import { readPrincipal } from '../gateway/read-principal.js';
import { verifyPrincipal } from '../gateway/verify-principal.js';
import type { ResolvedGatewayOptions, ResolvedUnkeyOptions } from '../options/resolved-options.js';
import { transportOf } from '../transports/transport-of.js';
import { finalize } from '../verification/verified-key-of.js';

/** A principal that a trusted gateway sent. */
export interface SentPrincipal {
  /**
   * Used in place of a key to identify results. No caller can send it, because it contains the scope, which is secret.
   */
  readonly key: string;
  /** What was required. */
  readonly demands: VerifyOptions;
  /** Checks the principal against the requirements. @throws UnkeyUnavailableException if the header cannot be read */
  verify(): Verification;
}

/** Reads the principals that Unkey's gateway sends. */
export class GatewayPrincipals {
  readonly #logger = new Logger('UnkeyModule');
  readonly #reported = new Set<string>();

  constructor(
    private readonly options: ResolvedUnkeyOptions,
    private readonly gateway: ResolvedGatewayOptions,
  ) {}

  /** Whether every request needs a principal. */
  get isRequired(): boolean {
    return this.gateway.otherwise === 'deny';
  }

  /** Returns the principal of a request; `undefined` if there is none, or if the request is not trusted. */
  async find(context: ExecutionContext, { permissions }: HandlerPolicy): Promise<SentPrincipal | undefined> {
    // First, so that nothing of a header that is not trusted is even read.
    if (!(await this.#isTrusted(context))) return undefined;
    const values = valuesOf(context, PRINCIPAL_HEADER);
    if (values.every((value) => value === '')) return undefined;
    const demands = Object.freeze<VerifyOptions>(permissions.length === 0 ? {} : { permissions });
    return {
      key: `\0gateway ${this.options.scope} ${values.join('\n')}`,
      demands,
      verify: () => this.#verify(context, values, permissions),
    };
  }

  async #isTrusted(context: ExecutionContext): Promise<boolean> {
    const { trust } = this.gateway;
    if (trust === 'always') return true;
    const answer: unknown = await trust(context);
    return answer === true;
  }

  #verify(
    context: ExecutionContext,
    values: readonly string[],
    permissions: HandlerPolicy['permissions'],
  ): Verification {
    const [requestId, another] = new Set(valuesOf(context, REQUEST_ID_HEADER));
    const known = another === undefined && requestId !== '' ? requestId : undefined;
    const read = readPrincipal(values);
    if (read.type === 'unreadable') throw this.#unreadable(read.reason, known);
    if (read.type === 'JWT') return { valid: false, code: 'FORBIDDEN', requestId: known };
    const { keyspaces, now } = this.options;
    return finalize(
      verifyPrincipal(read.principal, { permissions, keyspaces, now: now(), requestId: known }),
    );
  }

  #unreadable(reason: string, requestId: string | undefined): UnkeyUnavailableException {
    const sentence = `The header X-Unkey-Principal of a trusted request cannot be read: ${reason}`;
    if (!this.#reported.has(reason)) {
      this.#reported.add(reason);
      this.#logger.error(`${sentence}; callers get a 503.`);
    }
    const status = this.options.statuses.UNKEY_UNAVAILABLE;
    return new UnkeyUnavailableException({ requestId, status, cause: new Error(sentence) });
  }
}

function valuesOf(context: ExecutionContext, name: string): readonly string[] {
  const values = transportOf(context).httpHeader?.(context, name) ?? [];
  return values.map((value) => value.trim());
}
