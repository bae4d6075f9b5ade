import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Unkey } from '@unkey/api';
import type { Verification } from './contracts/verification.js';
import type { CallerVerifier } from './contracts/verifier.js';
import type { VerifyOptions } from './contracts/verify-options.js';
import { UnkeyMisconfiguredException } from './errors/unkey-misconfigured.exception.js';
import { UnkeyUnavailableException } from './errors/unkey-unavailable.exception.js';
import type { VerificationFailure } from './errors/verification-failure.js';
import { isPossibleKey } from './extractors/key-shape.js';
import { checkDemands } from './options/check-demands.js';
import type { ResolvedUnkeyOptions } from './options/resolved-options.js';
import { UNKEY_CLIENT, UNKEY_RESOLVED_OPTIONS, UNKEY_VERIFIER } from './options/tokens.js';
import { FailureLog } from './telemetry/failure-log.js';
import { knownAddress } from './transports/known-address.js';
import { Upstream } from './verification/asking/upstream.js';
import { Breaker } from './verification/breaker/breaker.js';
import { toVerifyRequest } from './verification/to-verify-request.js';

/** Verifies keys outside a guard: in a queue's worker, a cron job, a gateway's `handleConnection`. */
@Injectable()
export class UnkeyService {
  readonly #upstream: Upstream;
  readonly #failures = new FailureLog(new Logger('UnkeyModule'));

  constructor(
    @Inject(UNKEY_VERIFIER) verifier: CallerVerifier,
    @Inject(UNKEY_CLIENT) private readonly unkey: Unkey,
    @Inject(UNKEY_RESOLVED_OPTIONS) private readonly options: ResolvedUnkeyOptions,
  ) {
    const { breaker, maxInFlight } = options;
    this.#upstream = new Upstream(
      verifier,
      maxInFlight,
      breaker === false
        ? undefined
        : new Breaker(
            breaker,
            () => performance.now(),
            () => {},
          ),
    );
  }

  /** The official SDK's client, as `@InjectUnkey()` gives it. */
  get client(): Unkey {
    return this.unkey;
  }

  /**
   * Asks Unkey about a key, once. A no is an answer: look at `valid` and `code`. What cannot be a key, or lacks
   * the `keyPrefix`, is answered without a call (`MALFORMED_KEY`, `NOT_FOUND`).
   *
   * @throws UnkeyMisconfiguredException where Unkey refused us
   * @throws UnkeyUnavailableException where there is no answer within `timeout` ms, or none that can be read
   * @throws TypeError for a demand that Unkey does not know
   * @example
   * const { valid, keyId } = await unkey.verify(job.data.key, { permissions: 'jobs.run', credits: 3 });
   */
  async verify(key: string, options: VerifyOptions = {}): Promise<Verification> {
    checkDemands(options);
    const request = toVerifyRequest(key, options);
    if (typeof key !== 'string' || !isPossibleKey(key)) return { valid: false, code: 'MALFORMED_KEY' };
    if (!this.#hasPrefix(key)) return { valid: false, code: 'NOT_FOUND' };

    const caller = options.clientIp === undefined ? undefined : { clientIp: knownAddress(options.clientIp) };
    const outcome = await this.#upstream.ask({ request, caller }, this.options.timeout);
    if ('failure' in outcome) {
      this.#failures.report(outcome.failure, request);
      throw this.#exceptionOf(outcome.failure);
    }
    this.#failures.recovered();
    return outcome.verification;
  }

  #hasPrefix(key: string): boolean {
    const { keyPrefix } = this.options;
    return keyPrefix.length === 0 || keyPrefix.some((prefix) => key.startsWith(prefix));
  }

  #exceptionOf({ kind, reason, requestId, retryAfter }: VerificationFailure): Error {
    const { statuses } = this.options;
    const cause = new Error(reason);
    return kind === 'misconfigured'
      ? new UnkeyMisconfiguredException({ requestId, cause, status: statuses.UNKEY_MISCONFIGURED })
      : new UnkeyUnavailableException({
          requestId,
          cause,
          status: statuses.UNKEY_UNAVAILABLE,
          ...(retryAfter === undefined ? {} : { retryAfter }),
        });
  }
}
