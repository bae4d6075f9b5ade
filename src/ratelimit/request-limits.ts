import type { ExecutionContext } from '@nestjs/common';
import { requestScope } from '../access/request-scope.js';
import type { HandlerLimit, HandlerLimits } from '../contracts/handler-limits.js';
import type { CountedLimits, LimitDemand, OnUnavailable } from '../contracts/limit.js';
import type { RequestState } from '../contracts/request-state.js';
import type { RatelimitState } from '../contracts/verification.js';
import type { VerifiedKey } from '../contracts/verified-key.js';
import { RatelimitExceededException } from '../errors/ratelimit-exceeded.exception.js';
import { isUnkeyException, type UnkeyException } from '../errors/unkey.exception.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import { isDenial, VerificationEvents } from '../telemetry/verification-events.js';
import { secondsToReset } from '../transports/http/answer-headers.js';
import { transportOf } from '../transports/transport-of.js';
import { demandFor } from './demand-for.js';

/** The part of `UnkeyService` that is used here. */
export interface LimitCounter {
  countLimits(
    demands: readonly LimitDemand[],
    onUnavailable: OnUnavailable,
  ): Promise<CountedLimits | undefined>;
  /** Logs an error in the app's setup once, and returns the exception for it. */
  misconfiguredLimit(fault: string): UnkeyException;
}

/** What a global guard knows about the guards that run after it. */
export interface GlobalPlace {
  /** Whether Nest runs the guards in `@UseGuards()` of a class. */
  readonly runsGuardsOf: (controller: object) => boolean;
  /** Whether an `UnkeyGuard` guards the whole app too, before or after it. */
  readonly hasUnkeyGuard: boolean;
}

/** One request to a handler with rate limits. */
interface LimitedRequest {
  readonly context: ExecutionContext;
  readonly state: RequestState;
  readonly key: VerifiedKey | undefined;
}

/** Counts the rate limits of requests, each once per request and handler. */
export class RequestLimits {
  readonly #events = new VerificationEvents();
  readonly #scope: string;

  constructor(
    private readonly options: ResolvedUnkeyOptions,
    private readonly counter: LimitCounter,
  ) {
    this.#scope = requestScope(options);
  }

  /**
   * Counts what can be counted now, and resolves to `true` if nothing is exceeded. In every other case it rejects with
   * what denies the request in its transport.
   *
   * @param place what a global guard knows; `undefined` if the guard is not global
   */
  async count(
    context: ExecutionContext,
    handler: HandlerLimits,
    place: GlobalPlace | undefined,
  ): Promise<boolean> {
    const transport = transportOf(context);
    const state = transport.state(context, this.#scope);
    try {
      const fault = transport.setupFault?.(context);
      if (fault !== undefined) throw this.counter.misconfiguredLimit(fault);
      // After `state()`: a key that a test's stub guard set counts too.
      await this.#countNow({ context, state, key: transport.key(context) }, handler, place);
      return true;
    } catch (error) {
      if (!isUnkeyException(error)) throw error;
      if (isDenial(error)) this.#events.denied(error);
      return transport.refuse(context, error, this.options);
    }
  }

  /** Before a guard has decided about the key, only limits that do not depend on it are counted. */
  async #countNow(request: LimitedRequest, handler: HandlerLimits, place: GlobalPlace | undefined) {
    const { context, state } = request;
    const progress = state.limiting(context.getHandler());
    if (progress.rest !== undefined) return progress.rest;
    const later = this.#isUndecided(request, handler, place)
      ? handler.limits.filter(({ needsDecision }) => needsDecision)
      : [];
    if (later.length === 0) {
      const left = progress.early === undefined ? handler.limits : handler.limits.filter(needsDecision);
      return (progress.rest = this.#countAll(request, left));
    }
    const isLast =
      place === undefined
        ? ++progress.guardsBefore >= handler.limiterGuards
        : !place.runsGuardsOf(context.getClass());
    if (isLast) throw this.counter.misconfiguredLimit(undecided(context));
    progress.early ??= this.#countAll(
      request,
      handler.limits.filter((limit) => !limit.needsDecision),
    );
    return progress.early;
  }

  /** Whether an `UnkeyGuard` guards the handler and has not decided yet. */
  #isUndecided(
    { state, key }: LimitedRequest,
    { hasUnkeyGuard, isPublic }: HandlerLimits,
    place: GlobalPlace | undefined,
  ): boolean {
    if (isPublic || state.decided || key !== undefined) return false;
    // Global guards run first. If one of them has not decided when another guard runs, Nest does not run it here.
    return hasUnkeyGuard || place?.hasUnkeyGuard === true;
  }

  async #countAll(request: LimitedRequest, limits: readonly HandlerLimit[]): Promise<void> {
    if (limits.length === 0) return;
    const { context, state } = request;
    const demands = await Promise.all(limits.map((limit) => this.#demand(request, limit)));
    const isAllowed = limits.every(({ onUnavailable }) => onUnavailable === 'allow');
    const counted = await state.limited(context.getHandler(), demands, () =>
      this.counter.countLimits(demands, isAllowed ? 'allow' : 'deny'),
    );
    if (counted === undefined) return;
    const states = counted.answer.limits.map((limit, index) => stateOf(limit, demands[index]?.duration ?? 0));
    if (!counted.answer.passed) {
      throw new RatelimitExceededException(states, {
        status: this.options.statuses.RATE_LIMITED,
        requestId: counted.requestId,
        retryAfter: secondsToReset(states, this.options),
      });
    }
    transportOf(context).tellLimits?.(context, states, this.options);
  }

  async #demand({ context, key }: LimitedRequest, limit: HandlerLimit): Promise<LimitDemand> {
    const demand = await demandFor(limit, context, key);
    if (demand !== undefined) return demand;
    throw this.counter.misconfiguredLimit(unknownAddress(context, limit));
  }
}

function needsDecision(limit: HandlerLimit): boolean {
  return limit.needsDecision;
}

function stateOf(
  { namespace, limit, remaining, reset, passed }: CountedLimits['answer']['limits'][number],
  duration: number,
): RatelimitState {
  const name = namespace;
  return Object.freeze({
    id: '',
    name,
    limit,
    duration,
    autoApply: false,
    exceeded: !passed,
    remaining,
    reset,
  });
}

function undecided(context: ExecutionContext): string {
  return `${nameOf(context)}: @Ratelimit() depends on the key, but its guard runs before the key is verified. Write @Ratelimit() above @UseGuards(UnkeyGuard), because the lower decorator runs first`;
}

function unknownAddress(context: ExecutionContext, { namespace }: HandlerLimit): string {
  return `${nameOf(context)}: the limit "${namespace}" counts by the caller's address, which is not known here. Count by a key, or give "by" a function that returns an identifier`;
}

function nameOf(context: ExecutionContext): string {
  return `${context.getClass().name}.${context.getHandler().name}`;
}
