import { Logger } from '@nestjs/common';
import type { Awaitable } from '../contracts/awaitable.js';
import type { Question } from '../contracts/question.js';
import type { RootKeyCheck } from '../contracts/root-key-check.js';
import type { UnkeyState } from '../contracts/unkey-state.js';
import type { CallerVerifier } from '../contracts/verifier.js';
import { canVerify } from '../options/can-verify.js';
import { howToSetRootKey } from '../options/no-root-key.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import { logContext } from '../telemetry/log-context.js';
import { RootKeyWatch } from '../telemetry/root-key-watch.js';
import type { VerificationEvents } from '../telemetry/verification-events.js';
import { openBreaker } from '../verification/breaker/open-breaker.js';
import type { Ask, VerificationCache } from '../verification/cache/verification-cache.js';
import { obtain } from '../verification/obtain.js';
import type { Outcome, VerificationResult } from '../verification/outcome.js';
import { questionAboutRootKey, readRootKeyCheck } from '../verification/root-key-check.js';
import type { InFlight } from '../verification/upstream/in-flight.js';
import { Upstream } from '../verification/upstream/upstream.js';
import { withinKeyspaces } from '../verification/within-keyspaces.js';

/**
 * Obtains verifications from the cache or from Unkey, with the deadline, the concurrency limit and the circuit breaker.
 */
export class VerificationSource {
  readonly #upstream: Upstream<Question, VerificationResult>;
  readonly #rootKeyWatch: RootKeyWatch;
  /** Calls Unkey, in contrast to the cache. */
  readonly #ask: Ask = async (question, timeout) => {
    const outcome = await this.#upstream.ask(question, timeout);
    if (!this.#rootKeyWatch.isProven && 'verification' in outcome) {
      this.#rootKeyWatch.answered(question.request.key, outcome.verification);
    }
    return outcome;
  };

  /** @param inFlight the calls to Unkey, which rate limits count too */
  constructor(
    private readonly options: ResolvedUnkeyOptions,
    verifier: CallerVerifier,
    private readonly cache: VerificationCache | undefined,
    private readonly events: VerificationEvents,
    inFlight: InFlight,
  ) {
    this.#rootKeyWatch = new RootKeyWatch(
      typeof options.verifier === 'function' ? undefined : new Logger(logContext(options)),
      options.keyspaces.length > 0,
    );
    this.#upstream = new Upstream(
      (question, ms) => obtain(verifier, question, ms),
      inFlight,
      options.timeout,
      openBreaker(options, (state) => events.breakerChanged(state)),
      options.now,
    );
  }

  /** Returns a cached result synchronously: awaiting it would cost as much as the cache lookup. Never rejects. */
  obtain(question: Question): Awaitable<Outcome> {
    return this.events.isHeard()
      ? this.events.around(question, () => this.#withinKeyspaces(question))
      : this.#withinKeyspaces(question);
  }

  /** See `UnkeyService.checkRootKey()`. */
  async checkRootKey(): Promise<RootKeyCheck> {
    if (!canVerify(this.options)) {
      return { ok: 'unknown', reason: `There is no root key: ${howToSetRootKey(this.options.name)}.` };
    }
    const outcome = await this.#upstream.ask(questionAboutRootKey(), this.options.timeout);
    return readRootKeyCheck(outcome, this.#rootKeyWatch.isProven);
  }

  /** See `UnkeyService.state()`. */
  state(): UnkeyState {
    return this.#upstream.state();
  }

  /** Applies the option `keyspaces` to the outcome, cached or not. */
  #withinKeyspaces(question: Question): Awaitable<Outcome> {
    const { keyspaces } = this.options;
    const outcome = this.#cachedOrAsked(question);
    if (keyspaces.length === 0) return outcome;
    return outcome instanceof Promise
      ? outcome.then((obtained) => withinKeyspaces(obtained, keyspaces))
      : withinKeyspaces(outcome, keyspaces);
  }

  #cachedOrAsked(question: Question): Awaitable<Outcome> {
    const { timeout } = this.options;
    return this.cache === undefined
      ? this.#ask(question, timeout)
      : this.cache.obtain(question, timeout, this.#ask);
  }
}
