import { Logger } from '@nestjs/common';
import type { CountedLimits, LimitDemand, OnUnavailable } from '../contracts/limit.js';
import type { UnkeyMisconfiguredException } from '../errors/unkey-misconfigured.exception.js';
import { UnkeyUnavailableException } from '../errors/unkey-unavailable.exception.js';
import type { VerificationFailure } from '../errors/verification-failure.js';
import { checkLimits } from '../options/check-limits.js';
import { howToSetRootKey } from '../options/no-root-key.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import { logContext } from '../telemetry/log-context.js';
import { RatelimitLog } from '../telemetry/ratelimit-log.js';
import { openBreaker } from '../verification/breaker/open-breaker.js';
import { obtainLimits } from '../verification/obtain-limits.js';
import type { InFlight } from '../verification/upstream/in-flight.js';
import { Upstream } from '../verification/upstream/upstream.js';
import type { HttpWire } from '../verification/wire/http-wire.js';
import { misconfiguredLimiter } from './limiter-exceptions.js';

/**
 * Counts rate limits at Unkey. It shares connections, `timeout` and `maxInFlight` with verifications, but has a circuit
 * breaker of its own: rate limits that fail must not stop keys from being verified.
 */
export class Limiter {
  readonly #log: RatelimitLog;
  readonly #upstream: Upstream<readonly LimitDemand[], CountedLimits>;
  readonly #options: ResolvedUnkeyOptions;
  readonly #wire: HttpWire | undefined;
  /** Connections that only rate limits use, if keys are not verified over HTTP. */
  #ownWire: Promise<HttpWire> | undefined;

  /** @param wire the connections to Unkey, if keys are verified over them */
  constructor(options: ResolvedUnkeyOptions, inFlight: InFlight, wire: HttpWire | undefined) {
    this.#options = options;
    this.#wire = wire;
    this.#log = new RatelimitLog(new Logger(logContext(options)), options.now);
    this.#upstream = new Upstream(
      (demands, ms) => obtainLimits(() => this.#connections(), demands, ms),
      inFlight,
      options.timeout,
      // Not published: subscribers of the channel expect the breaker of verifications.
      openBreaker(options),
      options.now,
    );
  }

  /**
   * Counts limits in one call: all of them, or none.
   *
   * @param onUnavailable with `'allow'`, the result is `undefined` if Unkey returns no usable response
   * @throws TypeError for limits that Unkey does not accept
   * @throws UnkeyMisconfiguredException if Unkey rejects this app, or if there is no root key
   * @throws UnkeyUnavailableException if Unkey returns no usable response
   */
  async count(
    demands: readonly LimitDemand[],
    onUnavailable: OnUnavailable = 'deny',
  ): Promise<CountedLimits | undefined> {
    checkLimits(demands);
    if (this.#options.rootKey === undefined) throw this.misconfigured(noRootKeyFault(this.#options));
    const outcome = await this.#upstream.ask(demands, this.#options.timeout);
    if (!('failure' in outcome)) {
      this.#log.answered();
      return outcome;
    }
    const { failure } = outcome;
    if (failure.kind === 'misconfigured') {
      this.#log.rejected(failure, demands);
      throw this.#rejection(failure);
    }
    this.#log.unavailable(failure, onUnavailable === 'allow');
    if (onUnavailable === 'allow') return undefined;
    throw this.#outage(failure);
  }

  /** Logs an error in the app's setup once, and returns the exception for it. */
  misconfigured(fault: string): UnkeyMisconfiguredException {
    this.#log.misconfigured(fault);
    return misconfiguredLimiter(this.#options, { cause: new Error(fault) });
  }

  /** Called by Nest when the app closes. Closes the connections that only rate limits use. */
  async onApplicationShutdown(): Promise<void> {
    const wire = await this.#ownWire?.catch(() => undefined);
    await wire?.onApplicationShutdown();
  }

  /** Undici is loaded only when it is needed. */
  async #connections(): Promise<HttpWire> {
    if (this.#wire !== undefined) return this.#wire;
    this.#ownWire ??= import('../verification/wire/http-wire.js').then(({ HttpWire: Wire }) =>
      Wire.open(this.#options),
    );
    return this.#ownWire;
  }

  #rejection({ reason, requestId }: VerificationFailure): UnkeyMisconfiguredException {
    return misconfiguredLimiter(this.#options, { requestId, cause: new Error(reason) });
  }

  #outage({ reason, requestId, retryAfter }: VerificationFailure): UnkeyUnavailableException {
    return new UnkeyUnavailableException({
      requestId,
      cause: new Error(reason),
      retryAfter,
      status: this.#options.statuses.UNKEY_UNAVAILABLE,
      message: 'Rate limits cannot be checked right now. Please try again.',
    });
  }
}

function noRootKeyFault({ name }: ResolvedUnkeyOptions): string {
  return `rate limits are counted with a root key, and there is none: ${howToSetRootKey(name)}`;
}
