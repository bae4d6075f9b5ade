import { Logger } from '@nestjs/common';
import type { MetaFault } from '../contracts/meta-fault.js';
import type { Reverification } from '../contracts/reverification.js';
import type { Verification } from '../contracts/verification.js';
import type { VerifyOptions } from '../contracts/verify-options.js';
import { exceptionOfFailure } from '../errors/exception-of-failure.js';
import { UnkeyMisconfiguredException } from '../errors/unkey-misconfigured.exception.js';
import { isPossibleKey } from '../extractors/key-shape.js';
import { presentedRootKey } from '../extractors/root-key-shape.js';
import { canVerify } from '../options/can-verify.js';
import { noRootKey } from '../options/no-root-key.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import { FailureLog } from '../telemetry/failure-log.js';
import { logContext } from '../telemetry/log-context.js';
import { MetaLog } from '../telemetry/meta-log.js';
import { RootKeyLog } from '../telemetry/root-key-log.js';
import { knownAddress } from '../transports/known-address.js';
import { DemandsWriter, requestFor } from '../verification/demands-writer.js';
import type { Invalidations } from '../verification/invalidations.js';
import { MetaSchemas } from '../verification/meta-schemas.js';
import type { VerificationSource } from './verification-source.js';

const MALFORMED: Verification = Object.freeze({ valid: false, code: 'MALFORMED_KEY' });
const NOT_FOUND: Verification = Object.freeze({ valid: false, code: 'NOT_FOUND' });

/** Verifies single keys: checks what needs no call, obtains the verification, and reports failures. */
export class KeyVerification {
  /** Parses the meta of valid keys; `undefined` without a schema. */
  readonly metaSchemas: MetaSchemas | undefined;
  /** When a verification can be reused for a WebSocket client. */
  readonly reverification: Reverification;
  readonly #failures: FailureLog;
  readonly #rootKeys: RootKeyLog;
  readonly #metaLog: MetaLog;
  readonly #demands: DemandsWriter;
  readonly #canVerify: boolean;

  constructor(
    private readonly options: ResolvedUnkeyOptions,
    private readonly source: VerificationSource,
    private readonly invalidations: Invalidations,
  ) {
    const logger = new Logger(logContext(options));
    this.#failures = new FailureLog(logger, options.now);
    this.#rootKeys = new RootKeyLog(logger);
    this.#metaLog = new MetaLog(logger);
    this.#demands = new DemandsWriter(options);
    this.#canVerify = canVerify(options);
    this.metaSchemas =
      options.metaSchema === undefined && options.identityMetaSchema === undefined
        ? undefined
        : new MetaSchemas(options, (fault, { requestId }) => this.#metaError(fault, requestId));
    const { verifyOn, reverifyAfter, now } = options;
    this.reverification = Object.freeze<Reverification>({
      verifyOn,
      reverifyAfter,
      now,
      moment: () => invalidations.moment(),
      isInvalidatedSince: (moment, ...ids) => invalidations.isInvalidatedSince(moment, ...ids),
    });
  }

  /**
   * Verifies a key. See `UnkeyService.verify()`.
   *
   * @param schemas parse the meta of a valid key; `undefined` leaves it as Unkey returned it
   */
  async verify(key: string, options: VerifyOptions, schemas: MetaSchemas | undefined): Promise<Verification> {
    if (!this.#canVerify) throw noRootKey(this.options);
    const demands = this.#demands.write(options);
    const denied = this.#deniedWithoutCall(key);
    if (denied !== undefined) return denied;

    const request = requestFor(key, demands);
    const caller = options.clientIp === undefined ? undefined : { clientIp: knownAddress(options.clientIp) };
    const obtained = this.source.obtain({ request, caller });
    // A cached result is returned synchronously, and awaiting it would cost as much as the cache lookup.
    const outcome = obtained instanceof Promise ? await obtained : obtained;
    if ('failure' in outcome) {
      this.#failures.report(outcome.failure, request);
      throw exceptionOfFailure(outcome.failure, this.options.statuses);
    }
    const { verification, source, standsInFor } = outcome;
    if (standsInFor !== undefined) this.#failures.servedStale(standsInFor);
    // A cached result does not show that Unkey is reachable.
    if (source === undefined) this.#failures.answered();
    return schemas === undefined ? verification : schemas.parse(verification);
  }

  /** Drops all cached results for a key. See `UnkeyService.invalidate()`. */
  async invalidate(target: { key: string } | { keyId: string }): Promise<void> {
    const named: unknown = 'key' in target ? target.key : target.keyId;
    if (typeof named !== 'string' || named === '') {
      throw new TypeError('invalidate() takes { key } or { keyId }, a string that is not empty');
    }
    await this.invalidations.invalidate(target);
  }

  /** Returns the denial of a key that cannot be valid, and `undefined` for a key that Unkey must verify. */
  #deniedWithoutCall(key: string): Verification | undefined {
    if (typeof key !== 'string' || !isPossibleKey(key)) return MALFORMED;
    const rootKey = presentedRootKey(key, this.options.rootKey);
    if (rootKey !== undefined) {
      this.#rootKeys.report(rootKey);
      return MALFORMED;
    }
    const { keyPrefix } = this.options;
    const hasPrefix = keyPrefix.length === 0 || keyPrefix.some((prefix) => key.startsWith(prefix));
    return hasPrefix ? undefined : NOT_FOUND;
  }

  #metaError(fault: MetaFault, requestId: string | undefined): UnkeyMisconfiguredException {
    this.#metaLog.report(fault);
    return new UnkeyMisconfiguredException({
      requestId,
      status: this.options.statuses.UNKEY_MISCONFIGURED,
      cause: new Error(`the meta of key ${fault.keyId ?? ''} does not match its schema`),
    });
  }
}
