import { Logger, type ExecutionContext } from '@nestjs/common';
import type { Awaitable } from '../contracts/awaitable.js';
import type { HandlerPolicy } from '../contracts/handler-policy.js';
import type { KeySource } from '../contracts/key-source.js';
import type { RequestState } from '../contracts/request-state.js';
import type { Reverification } from '../contracts/reverification.js';
import type { Verification } from '../contracts/verification.js';
import type { VerifyOptions } from '../contracts/verify-options.js';
import { refusedCheck } from '../decorators/refused-check.js';
import { KeyMissingException } from '../errors/key-missing.exception.js';
import { UnkeyUnavailableException } from '../errors/unkey-unavailable.exception.js';
import { isUnkeyException, type UnkeyException } from '../errors/unkey.exception.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import type { UserFrom } from '../options/unkey-options.js';
import { logContext } from '../telemetry/log-context.js';
import { isDenial, VerificationEvents } from '../telemetry/verification-events.js';
import { findTransport, transportOf } from '../transports/transport-of.js';
import { isVerification } from '../verification/read-verification.js';
import type { MetaSchemas } from '../verification/meta-schemas.js';
import { verifiedKeyOf } from '../verification/verified-key-of.js';
import type { DecisionSteps } from './decision-steps.js';
import { GatewayPrincipals, type SentPrincipal } from './gateway-principals.js';
import { checkDenial, keyDenial } from './key-denial.js';
import { demandsOf } from './policy-demands.js';
import { requestScope } from './request-scope.js';
import { SetupFaults } from './setup-faults.js';

/** The part of `UnkeyService` that is used here. */
export interface KeyVerifier {
  verify(key: string, options: VerifyOptions): Promise<Verification>;
  /** Verifies a key without parsing its meta. */
  verifyUnparsed(key: string, options: VerifyOptions): Promise<Verification>;
  /** Parses the meta of valid keys; `undefined` without a schema. */
  readonly metaSchemas: MetaSchemas | undefined;
  readonly reverification: Reverification;
}

/** A verified key, and what the later steps need. */
interface Admission {
  readonly context: ExecutionContext;
  readonly state: RequestState;
  readonly key: string;
  readonly verification: Verification;
  readonly demands: VerifyOptions;
}

/**
 * Decides whether a request is let through. It defines the order of the steps and their defaults, which a subclass of
 * the guard can override. The guard, the middleware and the verification of connections share it.
 */
export class RequestVerification {
  readonly #events = new VerificationEvents();
  readonly #scope: string;
  readonly #setupFaults: SetupFaults;
  readonly #principals: GatewayPrincipals | undefined;

  constructor(
    private readonly options: ResolvedUnkeyOptions,
    private readonly verifier: KeyVerifier,
  ) {
    this.#setupFaults = new SetupFaults(options, new Logger(logContext(options)));
    this.#scope = requestScope(options);
    const { gateway } = options;
    this.#principals = gateway && new GatewayPrincipals(options, gateway);
  }

  /**
   * Returns whether the request is let through. Rejects with what `deny` throws, and with every error that is not a
   * denial.
   *
   * Synchronous results are not awaited. For a cached key, the awaits would be most of the cost of a request.
   */
  async decide(context: ExecutionContext, steps: DecisionSteps): Promise<boolean> {
    const transport = transportOf(context);
    const state = transport.state(context, this.#scope);
    try {
      const fault = transport.setupFault?.(context);
      if (fault !== undefined) throw this.#setupFaults.report(fault);
      const skipped = steps.skip?.(context);
      if ((isPending(skipped) ? await skipped : skipped) === true) return letThrough(state);
      const ready = steps.ready?.(context);
      if (ready !== undefined) await ready;

      const policy = steps.policy(context);
      const principals =
        steps.takesPrincipal === false || !policy.takesPrincipal ? undefined : this.#principals;
      const principal = principals && (await principals.find(context, policy));
      const extracted = principal?.key ?? (principals?.isRequired ? undefined : steps.extractKey(context));
      const key = isPending(extracted) ? await extracted : extracted;
      if (!key && policy.access === 'optional') return letThrough(state);
      if (!key) throw new KeyMissingException({ status: this.options.statuses.MISSING_KEY });

      const demanded = principal?.demands ?? demandsOf(policy, context, state, this.options);
      const demands = isPending(demanded) ? await demanded : demanded;
      const verified =
        principal === undefined
          ? steps.verify(key, demands, context)
          : this.#verifyPrincipal(principal, context, state);
      const granted = this.#granted(isPending(verified) ? await verified : verified, demands);
      const parsed = this.verifier.metaSchemas?.parseOnce(granted) ?? granted;
      const verification = isPending(parsed) ? await parsed : parsed;
      if (policy.checks.length > 0) {
        await this.#check({ context, state, key, verification, demands }, policy.checks);
      }
      const allowed = steps.allow(verification, context);
      if (isPending(allowed)) await allowed;
      const { userFrom } = this.options;
      if (userFrom !== undefined) {
        await this.#attachUser({ context, state, key, verification, demands }, userFrom);
      }
      return letThrough(state);
    } catch (error) {
      return this.#deny(error, context, steps);
    }
  }

  /** Returns the key from the first source that finds one. */
  findKey(context: ExecutionContext, sources: readonly KeySource[]): string | undefined {
    const places = transportOf(context).places(context);
    for (const source of sources) {
      const key = source.read === undefined ? source(context) : source.read(places);
      if (key) return key;
    }
    return undefined;
  }

  /** Verifies a key with Unkey, once per request for the same key and requirements. */
  verify(key: string, demands: VerifyOptions, context: ExecutionContext): Awaitable<Verification> {
    const transport = transportOf(context);
    return transport.state(context, this.#scope).verification(key, demands, () =>
      transport.verification === undefined
        ? this.verifier.verify(key, demands)
        : this.#parse(
            // Parsed for each message, because a result can be reused for several.
            transport.verification(
              context,
              { key, scope: this.#scope, demands },
              this.verifier.reverification,
              () => this.verifier.verifyUnparsed(key, demands),
            ),
          ),
    );
  }

  /** Once per request, as for a key. */
  #verifyPrincipal(
    principal: SentPrincipal,
    context: ExecutionContext,
    state: RequestState,
  ): Awaitable<Verification> {
    const { key, demands } = principal;
    transportOf(context).identify?.(context, { key, scope: this.#scope });
    return state.verification(key, demands, () => this.#parse(principal.verify()));
  }

  #parse(verification: Awaitable<Verification>): Awaitable<Verification> {
    const { metaSchemas } = this.verifier;
    if (metaSchemas === undefined) return verification;
    return isPending(verification)
      ? verification.then((verified) => metaSchemas.parse(verified))
      : metaSchemas.parse(verification);
  }

  /** Attaches the key to the request and sends the rate-limit headers. */
  allow(verification: Verification, context: ExecutionContext): void {
    const transport = transportOf(context);
    transport.attach(context, this.#scope, verifiedKeyOf(verification));
    transport.tellLimits?.(context, verification.ratelimits ?? [], this.options);
  }

  /** Denies a request in the way of its transport. `WWW-Authenticate` names the scheme of the policy. */
  deny(
    denial: UnkeyException,
    context: ExecutionContext,
    { scheme }: Pick<HandlerPolicy, 'scheme'>,
  ): Awaitable<never> {
    const options = scheme === this.options.scheme ? this.options : { ...this.options, scheme };
    return transportOf(context).refuse(context, denial, options);
  }

  /** Records that a subclass of the guard let this request through to its handler. */
  subclassPassed(context: ExecutionContext): void {
    transportOf(context).state(context, this.#scope).passedBySubclass = context.getHandler();
  }

  /** Whether a subclass of the guard has let this request through to its handler. */
  hasSubclassPassed(context: ExecutionContext): boolean {
    const state = findTransport(context)?.state(context, this.#scope);
    return state !== undefined && state.passedBySubclass === context.getHandler();
  }

  /** Returns a valid verification, or else throws. It is checked here too, because a subclass can override `verify`. */
  #granted(verification: Verification, demanded: VerifyOptions): Verification {
    if (!isVerification(verification)) throw new UnkeyUnavailableException();
    if (verification.valid) return verification;
    throw keyDenial(verification, demanded, this.options);
  }

  /** Runs the checks of a handler on a verified key. */
  async #check({ context, state, key, verification, demands }: Admission, checks: HandlerPolicy['checks']) {
    await state.checks(context.getHandler(), key, async () => {
      const refused = await refusedCheck(checks, verifiedKeyOf(verification), context);
      if (refused !== undefined) throw checkDenial(refused, verification, demands);
    });
  }

  /** Creates the user of a key, if the transport has a place for it. */
  async #attachUser({ context, state, key, verification }: Admission, userFrom: UserFrom) {
    const holder = transportOf(context).userHolder?.(context, key);
    if (holder === undefined) return;
    holder.user = await state.user(userFrom, key, async () => userFrom(verifiedKeyOf(verification), context));
  }

  async #deny(error: unknown, context: ExecutionContext, steps: DecisionSteps): Promise<false> {
    if (!isUnkeyException(error)) throw error;
    if (isDenial(error)) this.#events.denied(error);
    await steps.deny(error, context);
    // If `deny` of a subclass does not throw, the request is denied all the same.
    return false;
  }
}

/** Checks for `then`, because promises of another realm (as in Jest) are not instances of this realm's `Promise`. */
function isPending<T>(value: Awaitable<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && 'then' in value;
}

function letThrough(state: RequestState): true {
  state.decided = true;
  return true;
}
