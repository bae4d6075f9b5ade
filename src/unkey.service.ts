import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Unkey } from '@unkey/api';
import type { Awaitable } from './contracts/awaitable.js';
import type { Question } from './contracts/question.js';
import type { Reverification } from './contracts/reverification.js';
import type { Verification } from './contracts/verification.js';
import type { CallerVerifier } from './contracts/verifier.js';
import type { VerifyOptions } from './contracts/verify-options.js';
import { UnkeyMisconfiguredException } from './errors/unkey-misconfigured.exception.js';
import { UnkeyUnavailableException } from './errors/unkey-unavailable.exception.js';
import type { VerificationFailure } from './errors/verification-failure.js';
import { isPossibleKey } from './extractors/key-shape.js';
import { presentedRootKey } from './extractors/root-key-shape.js';
import type { ResolvedUnkeyOptions } from './options/resolved-options.js';
import {
  UNKEY_CACHE,
  UNKEY_CLIENT,
  UNKEY_EVENTS,
  UNKEY_INVALIDATIONS,
  UNKEY_RESOLVED_OPTIONS,
  UNKEY_VERIFIER,
} from './options/tokens.js';
import { FailureLog } from './telemetry/failure-log.js';
import { RootKeyLog } from './telemetry/root-key-log.js';
import type { VerificationEvents } from './telemetry/verification-events.js';
import { knownAddress } from './transports/known-address.js';
import type { Invalidations } from './verification/invalidations.js';
import { Upstream } from './verification/asking/upstream.js';
import { Breaker } from './verification/breaker/breaker.js';
import type { Ask, VerificationCache } from './verification/cache/verification-cache.js';
import { DemandsWriter, requestFor } from './verification/demands-writer.js';
import type { Outcome } from './verification/outcome.js';
import { withinKeyspaces } from './verification/within-keyspaces.js';

const NOTHING: VerifyOptions = Object.freeze({});
const MALFORMED: Verification = Object.freeze({ valid: false, code: 'MALFORMED_KEY' });
const NOT_FOUND: Verification = Object.freeze({ valid: false, code: 'NOT_FOUND' });

/** Verifies keys outside of a guard, for example in a queue worker, a cron job or `handleConnection` of a gateway. */
@Injectable()
export class UnkeyService {
  readonly #ask: Ask;
  // A private field, because printing a client of the app shows its root key.
  readonly #unkey: Unkey;
  readonly #failures: FailureLog;
  readonly #demands: DemandsWriter;
  readonly #rootKeys: RootKeyLog;
  /** @internal when a verification can be reused for a WebSocket client; also read by guards of other package copies */
  readonly reverification: Reverification;

  constructor(
    @Inject(UNKEY_VERIFIER) verifier: CallerVerifier,
    @Inject(UNKEY_CLIENT) unkey: Unkey,
    @Inject(UNKEY_RESOLVED_OPTIONS) private readonly options: ResolvedUnkeyOptions,
    @Inject(UNKEY_CACHE) private readonly cache: VerificationCache | undefined,
    @Inject(UNKEY_EVENTS) private readonly events: VerificationEvents,
    @Inject(UNKEY_INVALIDATIONS) private readonly invalidations: Invalidations,
  ) {
    const { verifyOn, reverifyAfter, now } = options;
    this.reverification = Object.freeze<Reverification>({
      verifyOn,
      reverifyAfter,
      now,
      moment: () => invalidations.moment(),
      isInvalidatedSince: (moment, ...ids) => invalidations.isInvalidatedSince(moment, ...ids),
    });
    this.#unkey = unkey;
    const logger = new Logger('UnkeyModule');
    this.#failures = new FailureLog(logger, options.now);
    this.#rootKeys = new RootKeyLog(logger);
    this.#demands = new DemandsWriter(options);
    const { breaker, maxInFlight, timeout } = options;
    const upstream = new Upstream(
      verifier,
      maxInFlight,
      timeout,
      breaker === false
        ? undefined
        : new Breaker(
            breaker,
            () => performance.now(),
            (state) => events.breakerChanged(state),
          ),
    );
    this.#ask = (question, ms) => upstream.ask(question, ms);
  }

  /** The client of the official SDK, the same as with `@InjectUnkey()`. */
  get client(): Unkey {
    return this.#unkey;
  }

  /**
   * Verifies a key and returns Unkey's answer. It does not throw if the key is denied: check `valid` and `code`. Without
   * a call to Unkey, the code is `MALFORMED_KEY` for a text that can't be a key, is a root key or starts with `unkey_`,
   * and `NOT_FOUND` for a key without the `keyPrefix`. The tags of the option `tags` are sent too.
   *
   * @throws UnkeyMisconfiguredException if Unkey rejects your app
   * @throws UnkeyUnavailableException if Unkey gives no answer within `timeout` ms, or an unreadable one
   * @throws TypeError if an option is invalid
   * @example
   * const { valid, keyId } = await unkey.verify(job.data.key, { permissions: 'jobs.run', credits: 3 });
   */
  async verify(key: string, options: VerifyOptions = NOTHING): Promise<Verification> {
    const demands = this.#demands.write(options);
    if (typeof key !== 'string' || !isPossibleKey(key)) return MALFORMED;
    const rootKey = presentedRootKey(key, this.options.rootKey);
    if (rootKey !== undefined) {
      this.#rootKeys.report(rootKey);
      return MALFORMED;
    }
    if (!this.#hasPrefix(key)) return NOT_FOUND;

    const request = requestFor(key, demands);
    const caller = options.clientIp === undefined ? undefined : { clientIp: knownAddress(options.clientIp) };
    const obtained = this.#obtain({ request, caller });
    // A cached result is returned synchronously, and awaiting it would cost as much as the cache lookup.
    const outcome = obtained instanceof Promise ? await obtained : obtained;
    if ('failure' in outcome) {
      this.#failures.report(outcome.failure, request);
      throw this.#exceptionOf(outcome.failure);
    }
    const { verification, source, standsInFor } = outcome;
    if (standsInFor !== undefined) this.#failures.servedStale(standsInFor);
    // A cached result does not show that Unkey is reachable.
    if (source === undefined) this.#failures.answered();
    return verification;
  }

  /**
   * Drops all cached results for a key, also of verifications in flight. Call it after you change a key by any other
   * means than {@link client}, which does this by itself. Without the option `cache`, it only affects verifications that
   * WebSocket connections reuse. If the store is unreachable, this method does not throw; the store is updated when it is
   * reachable again.
   *
   * @throws TypeError if `target` has neither `key` nor `keyId`
   */
  async invalidate(target: { key: string } | { keyId: string }): Promise<void> {
    const named: unknown = 'key' in target ? target.key : target.keyId;
    if (typeof named !== 'string' || named === '') {
      throw new TypeError('invalidate() takes { key } or { keyId }, a string that is not empty');
    }
    await this.invalidations.invalidate(target);
  }

  #obtain(question: Question): Awaitable<Outcome> {
    return this.events.isHeard()
      ? this.events.around(question, () => this.#withinKeyspaces(question))
      : this.#withinKeyspaces(question);
  }

  /** Applies the option `keyspaces` to the outcome, cached or not. */
  #withinKeyspaces(question: Question): Awaitable<Outcome> {
    const { keyspaces } = this.options;
    const answered = this.#answer(question);
    if (keyspaces.length === 0) return answered;
    return answered instanceof Promise
      ? answered.then((outcome) => withinKeyspaces(outcome, keyspaces))
      : withinKeyspaces(answered, keyspaces);
  }

  #answer(question: Question): Awaitable<Outcome> {
    const { timeout } = this.options;
    return this.cache === undefined
      ? this.#ask(question, timeout)
      : this.cache.obtain(question, timeout, this.#ask);
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
