import { Inject, Injectable, Logger, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Awaitable } from './contracts/awaitable.js';
import type { HandlerPolicy } from './contracts/handler-policy.js';
import type { RequestState } from './contracts/request-state.js';
import type { Verification } from './contracts/verification.js';
import type { VerifyOptions } from './contracts/verify-options.js';
import { answersFor, demandsWith } from './decorators/demands-of.js';
import { GUARD_BRAND, GUARDS_WHOLE_APP } from './decorators/guard-brand.js';
import { PolicyReader } from './decorators/policy-reader.js';
import { refusedCheck } from './decorators/refused-check.js';
import { KeyMissingException } from './errors/key-missing.exception.js';
import { UnkeyMisconfiguredException } from './errors/unkey-misconfigured.exception.js';
import { UnkeyUnavailableException } from './errors/unkey-unavailable.exception.js';
import { isUnkeyException, type UnkeyException } from './errors/unkey.exception.js';
import { checkDenial, keyDenial } from './key-denial.js';
import { frozenCopy } from './options/frozen.js';
import type { ResolvedUnkeyOptions } from './options/resolved-options.js';
import type { UserFrom } from './options/unkey-options.js';
import { UNKEY_RESOLVED_OPTIONS, UNKEY_SERVICE } from './options/tokens.js';
import { isDenial, VerificationEvents } from './telemetry/verification-events.js';
import { knownAddress } from './transports/known-address.js';
import { findTransport, isTransportIn, transportOf } from './transports/transport-of.js';
import type { UnkeyService } from './unkey.service.js';
import { isVerification } from './verification/read-verification.js';
import { verifiedKeyOf } from './verification/verified-key-of.js';

/** A verified key on its way through the guard. */
interface Admission {
  readonly context: ExecutionContext;
  readonly state: RequestState;
  readonly key: string;
  readonly verification: Verification;
  readonly demands: VerifyOptions;
}

/**
 * Lets a request through if Unkey says that its key may do this, or if the handler needs none; refuses it in
 * every other case. Stands on a handler, on a controller, or over the whole app; wherever it stands more than
 * once, a request is still verified once.
 *
 * Every step is a protected method that a subclass may replace, sync or async:
 * {@link skip}, {@link extractKey}, {@link verify}, {@link allow}, {@link deny}.
 *
 * @example
 * @Injectable()
 * export class PartnerGuard extends UnkeyGuard {
 *   protected override extractKey(context: ExecutionContext) {
 *     return context.switchToHttp().getRequest<Request>().params.partnerKey;
 *   }
 * }
 */
@Injectable()
export class UnkeyGuard implements CanActivate {
  /** @internal see {@link GUARD_BRAND} */
  static readonly [GUARD_BRAND] = true;

  readonly #policies: PolicyReader;
  readonly #events = new VerificationEvents();
  /** Names who decides in this guard: a key that another app let through is not let through here by that. */
  readonly #scope: string;
  /** Set if this is the built-in guard and guards the whole app. */
  #runsGuardsOf: ((controller: object) => boolean) | undefined;

  readonly #logger = new Logger('UnkeyModule');
  readonly #setupFaults = new Set<string>();

  constructor(
    @Inject(UNKEY_SERVICE) protected readonly unkey: UnkeyService,
    @Inject(UNKEY_RESOLVED_OPTIONS) protected readonly options: ResolvedUnkeyOptions,
  ) {
    this.#policies = new PolicyReader(options);
    this.#scope = [options.scope, ...options.keyPrefix].join(' ');
  }

  /**
   * @internal called at boot where this instance guards the whole app. The built-in guard then leaves handlers to a
   * subclass that stands on them; a subclass leaves nothing.
   *
   * @param runsGuardsOf whether Nest runs the guards in `@UseGuards()` of a class
   */
  [GUARDS_WHOLE_APP](runsGuardsOf: (controller: object) => boolean): void {
    if (Object.hasOwn(this.constructor, GUARD_BRAND)) this.#runsGuardsOf = runsGuardsOf;
  }

  canActivate(context: ExecutionContext): Promise<boolean> {
    if (isTransportIn(context, this.options.skipTransports) || this.#isLeftToSubclass(context)) {
      return Promise.resolve(true);
    }
    const transport = findTransport(context);
    return transport?.runGuard === undefined
      ? this.#decide(context)
      : transport.runGuard(context, () => this.#decide(context));
  }

  // A step that is done at once is not awaited: with nothing to ask, the awaits would be most of what a request costs.
  async #decide(context: ExecutionContext): Promise<boolean> {
    const transport = transportOf(context);
    const state = transport.state(context, this.#scope);
    try {
      this.#checkSetup(transport.setupFault?.(context));
      const skipped = this.skip(context);
      if ((isPending(skipped) ? await skipped : skipped) === true) return letThrough(state);
      const ready = transport.ready?.(context);
      if (ready !== undefined) await ready;

      const policy = this.#policyOf(context);
      const extracted = this.extractKey(context);
      const key = isPending(extracted) ? await extracted : extracted;
      if (!key && policy.access === 'optional') return letThrough(state);
      if (!key) throw new KeyMissingException({ status: this.options.statuses.MISSING_KEY });

      const demanded = this.#demandsOf(policy, context, state);
      const demands = isPending(demanded) ? await demanded : demanded;
      const verified = this.verify(key, demands, context);
      const verification = this.#granted(isPending(verified) ? await verified : verified, demands);
      if (policy.checks.length > 0) {
        await this.#check({ context, state, key, verification, demands }, policy.checks);
      }
      const allowed = this.allow(verification, context);
      if (isPending(allowed)) await allowed;
      const { userFrom } = this.options;
      if (userFrom !== undefined) {
        await this.#attachUser({ context, state, key, verification, demands }, userFrom);
      }
      return letThrough(state);
    } catch (error) {
      return this.#refuse(error, context);
    }
  }

  /**
   * Whether no key is needed. Nearest first: the decorators of the handler, of its class, then the options
   * `public`, `publicMetadata`, `exclude` and `skipIf`.
   */
  protected skip(context: ExecutionContext): Awaitable<boolean> {
    const { access, openedBy } = this.#policyOf(context);
    if (access !== undefined) return access === 'public';
    if (openedBy !== undefined) return true;
    const { exclude, skipIf } = this.options;
    const pattern = exclude.length === 0 ? undefined : transportOf(context).routePattern?.(context);
    if (pattern !== undefined && exclude.some((route) => route.matches(pattern))) return true;
    return skipIf?.(context) ?? false;
  }

  /** The key of this request, from the first source in `@KeyFrom()`, or else in `keyFrom`, that finds one. */
  protected extractKey(context: ExecutionContext): Awaitable<string | undefined> {
    const places = transportOf(context).places(context);
    for (const source of this.#policyOf(context).keyFrom) {
      const key = source.read === undefined ? source(context) : source.read(places);
      if (key) return key;
    }
    return undefined;
  }

  /**
   * Asks Unkey; one call per request for the same key and demands, however many guards ask. `options` are the
   * handler's and frozen: to demand something else, pass on other ones.
   */
  protected verify(key: string, options: VerifyOptions, context: ExecutionContext): Awaitable<Verification> {
    const transport = transportOf(context);
    const ask = () => this.unkey.verify(key, options);
    return transport
      .state(context, this.#scope)
      .verification(key, options, () =>
        transport.verification === undefined
          ? ask()
          : transport.verification(
              context,
              { key, scope: this.#scope, demands: options },
              this.unkey.reverification,
              ask,
            ),
      );
  }

  /** Attaches the key to the request and tells the caller what is left of its limits. */
  protected allow(verification: Verification, context: ExecutionContext): Awaitable<void> {
    const transport = transportOf(context);
    transport.attach(context, this.#scope, verifiedKeyOf(verification));
    transport.tellLimits?.(context, verification, this.options);
  }

  /** Answers a refusal: its headers, then the exception itself. Whatever it does, the handler does not run. */
  protected deny(denial: UnkeyException, context: ExecutionContext): Awaitable<never> {
    const { scheme } = this.#policyOf(context);
    // The challenge names what this handler takes.
    const options = scheme === this.options.scheme ? this.options : { ...this.options, scheme };
    return transportOf(context).refuse(context, denial, options);
  }

  /** Asks the checks of a handler about a verified key. */
  async #check({ context, state, key, verification, demands }: Admission, checks: HandlerPolicy['checks']) {
    await state.checks(context.getHandler(), key, async () => {
      const refused = await refusedCheck(checks, verifiedKeyOf(verification), context);
      if (refused !== undefined) throw checkDenial(refused, verification, demands);
    });
  }

  /** Makes the user of a key, if this transport has a place for one. */
  async #attachUser({ context, state, key, verification }: Admission, userFrom: UserFrom) {
    const holder = transportOf(context).userHolder?.(context, key);
    if (holder === undefined) return;
    holder.user = await state.user(userFrom, key, async () => userFrom(verifiedKeyOf(verification), context));
  }
  /** Refuses a request that the app's own setup makes look like another one, and logs each such fault once. */
  #checkSetup(fault: string | undefined): void {
    if (fault === undefined) return;
    if (!this.#setupFaults.has(fault)) {
      this.#setupFaults.add(fault);
      this.#logger.error(`Callers get a 500 because of this app's own configuration: ${fault}.`);
    }
    const status = this.options.statuses.UNKEY_MISCONFIGURED;
    throw new UnkeyMisconfiguredException({ status, cause: new Error(fault) });
  }

  async #refuse(error: unknown, context: ExecutionContext): Promise<false> {
    if (!isUnkeyException(error)) throw error;
    if (isDenial(error)) this.#events.denied(error);
    await this.deny(error, context);
    // A `deny` that a subclass replaced and that throws nothing still lets nobody through.
    return false;
  }

  #isLeftToSubclass(context: ExecutionContext): boolean {
    const runs = this.#runsGuardsOf;
    return runs !== undefined && this.#policyOf(context).hasSubclassGuard && runs(context.getClass());
  }

  #policyOf(context: ExecutionContext): HandlerPolicy {
    return this.#policies.read(context.getClass(), context.getHandler());
  }

  #demandsOf(
    policy: HandlerPolicy,
    context: ExecutionContext,
    state: RequestState,
  ): Awaitable<VerifyOptions> {
    const isFixed = policy.fixed !== undefined && !this.options.clientIp;
    return isFixed ? policy.fixed : this.#demandsNow(policy, context, state);
  }

  /** Each guard's own, frozen like the fixed ones: what one guard asked for must not count for another. */
  async #demandsNow(
    policy: HandlerPolicy,
    context: ExecutionContext,
    state: RequestState,
  ): Promise<VerifyOptions> {
    const demands =
      policy.fixed ??
      demandsWith(policy, await state.answers(context.getHandler(), () => answersFor(policy, context)));
    const caller = this.options.clientIp
      ? { clientIp: knownAddress(transportOf(context).clientIp?.(context)) }
      : {};
    return frozenCopy({ ...demands, ...caller });
  }

  /** The verification, if it is a yes. Checked here too, since `verify` may be a subclass's own. */
  #granted(verification: Verification, demanded: VerifyOptions): Verification {
    if (!isVerification(verification)) throw new UnkeyUnavailableException();
    if (verification.valid) return verification;
    throw keyDenial(verification, demanded, this.options);
  }
}

/** By its `then`, since promises of another realm (as under Jest) are no instances of this one's. */
function isPending<T>(value: Awaitable<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && 'then' in value;
}

function letThrough(state: RequestState): true {
  state.decided = true;
  return true;
}
