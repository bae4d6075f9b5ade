import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Unkey } from '@unkey/api';
import type { AuditEntry } from './contracts/audit-entry.js';
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
  UNKEY_AUDIT,
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

/** Verifies keys outside a guard: in a queue's worker, a cron job, a gateway's `handleConnection`. */
@Injectable()
export class UnkeyService {
  readonly #ask: Ask;
  // Private to the letter: a client that the user made prints its root key.
  readonly #unkey: Unkey;
  readonly #failures: FailureLog;
  readonly #demands: DemandsWriter;
  readonly #rootKeys: RootKeyLog;
  /** @internal when an answer serves further messages of one client; for guards, also of another copy of this package */
  readonly reverification: Reverification;

  constructor(
    @Inject(UNKEY_VERIFIER) verifier: CallerVerifier,
    @Inject(UNKEY_CLIENT) unkey: Unkey,
    @Inject(UNKEY_RESOLVED_OPTIONS) private readonly options: ResolvedUnkeyOptions,
    @Inject(UNKEY_CACHE) private readonly cache: VerificationCache | undefined,
    @Inject(UNKEY_EVENTS) private readonly events: VerificationEvents,
    @Inject(UNKEY_INVALIDATIONS) private readonly invalidations: Invalidations,
    @Inject(UNKEY_AUDIT) private readonly listAccess: () => AuditEntry[],
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

  /** The official SDK's client, as `@InjectUnkey()` gives it. */
  get client(): Unkey {
    return this.#unkey;
  }

  /**
   * Asks Unkey about a key, once. A no is an answer: look at `valid` and `code`. What cannot be a key, is a root key or
   * begins like one (`unkey_`), or lacks the `keyPrefix`, is answered without a call (`MALFORMED_KEY`, `NOT_FOUND`). The
   * option `tags` is sent too.
   *
   * @throws UnkeyMisconfiguredException where Unkey refused us
   * @throws UnkeyUnavailableException where there is no answer within `timeout` ms, or none that can be read
   * @throws TypeError for a demand that Unkey does not know
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
    // A remembered answer is there already, and each await of one costs as much as finding it.
    const outcome = obtained instanceof Promise ? await obtained : obtained;
    if ('failure' in outcome) {
      this.#failures.report(outcome.failure, request);
      throw this.#exceptionOf(outcome.failure);
    }
    const { verification, source, standsInFor } = outcome;
    if (standsInFor !== undefined) this.#failures.servedStale(standsInFor);
    // A remembered answer says nothing about whether Unkey can be reached.
    if (source === undefined) this.#failures.answered();
    return verification;
  }

  /**
   * Forgets what the cache holds of a key: call it where a key is changed by anything but {@link client}, which is
   * observed. Answers that are on their way are not remembered either. Does nothing without the option `cache`. A
   * store that cannot be reached is told when it can; that is no error here.
   *
   * @throws TypeError for what names neither a key nor a key's id
   */
  async invalidate(target: { key: string } | { keyId: string }): Promise<void> {
    const named: unknown = 'key' in target ? target.key : target.keyId;
    if (typeof named !== 'string' || named === '') {
      throw new TypeError('invalidate takes { key } or { keyId }, each a text that is not empty');
    }
    await this.invalidations.invalidate(target);
  }

  /**
   * Lists every handler of the app (controllers, resolvers, gateways, message patterns): whether it needs a key, who
   * decided that, what it demands, and what is wrong with it. Sees what is there when you call it: after `app.init()`
   * global guards, the global prefix and versioning are complete. Lazy-loaded modules are not seen before they are loaded.
   *
   * @example
   * expect(app.get(UnkeyService).audit()).toMatchSnapshot();
   */
  audit(): AuditEntry[] {
    return this.listAccess();
  }

  #obtain(question: Question): Awaitable<Outcome> {
    return this.events.isHeard()
      ? this.events.around(question, () => this.#judged(question))
      : this.#judged(question);
  }

  /** Held to the option `keyspaces`, wherever the answer is from. */
  #judged(question: Question): Awaitable<Outcome> {
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
