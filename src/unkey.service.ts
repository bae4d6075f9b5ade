import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Unkey } from '@unkey/api';
import type { Verification } from './contracts/verification.js';
import type { Verifier } from './contracts/verifier.js';
import type { VerifyOptions } from './contracts/verify-options.js';
import { UnkeyMisconfiguredException } from './errors/unkey-misconfigured.exception.js';
import { UnkeyUnavailableException } from './errors/unkey-unavailable.exception.js';
import type { VerificationFailure } from './errors/verification-failure.js';
import { isPossibleKey } from './extractors/key-shape.js';
import { checkDemands } from './options/check-demands.js';
import type { ResolvedUnkeyOptions } from './options/resolved-options.js';
import { UNKEY_CLIENT, UNKEY_RESOLVED_OPTIONS, UNKEY_VERIFIER } from './options/tokens.js';
import { FailureLog } from './telemetry/failure-log.js';
import { obtain } from './verification/obtain.js';
import { toVerifyRequest } from './verification/to-verify-request.js';

/** Verifies keys outside a guard: in a queue's worker, a cron job, a gateway's `handleConnection`. */
@Injectable()
export class UnkeyService {
  // Private to the letter: a client that the user made prints its root key.
  readonly #unkey: Unkey;
  readonly #verifier: Verifier;
  readonly #failures: FailureLog;

  constructor(
    @Inject(UNKEY_VERIFIER) verifier: Verifier,
    @Inject(UNKEY_CLIENT) unkey: Unkey,
    @Inject(UNKEY_RESOLVED_OPTIONS) private readonly options: ResolvedUnkeyOptions,
  ) {
    this.#verifier = verifier;
    this.#unkey = unkey;
    this.#failures = new FailureLog(new Logger('UnkeyModule'), options.now);
  }

  /** The official SDK's client, as `@InjectUnkey()` gives it. */
  get client(): Unkey {
    return this.#unkey;
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

    const outcome = await obtain(this.#verifier, request, this.options.timeout);
    if ('failure' in outcome) {
      this.#failures.report(outcome.failure, request);
      throw this.#exceptionOf(outcome.failure);
    }
    this.#failures.answered();
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
