import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { HandlerPolicy } from './contracts/handler-policy.js';
import type { RequestState } from './contracts/request-state.js';
import type { Verification } from './contracts/verification.js';
import type { VerifyOptions } from './contracts/verify-options.js';
import { demandsOf } from './decorators/demands-of.js';
import { PolicyReader } from './decorators/policy-reader.js';
import { KeyDeniedException } from './errors/key-denied.exception.js';
import { KeyMissingException } from './errors/key-missing.exception.js';
import { isDenialCode } from './errors/denial-table.js';
import { UnkeyUnavailableException } from './errors/unkey-unavailable.exception.js';
import { isUnkeyException, type UnkeyException } from './errors/unkey.exception.js';
import type { ResolvedUnkeyOptions } from './options/resolved-options.js';
import { UNKEY_RESOLVED_OPTIONS, UNKEY_SERVICE } from './options/tokens.js';
import { isDenial, VerificationEvents } from './telemetry/verification-events.js';
import { knownAddress } from './transports/known-address.js';
import { answerHeaders, denialHeaders, retryAfter } from './transports/answer-headers.js';
import { transportOf } from './transports/transport-of.js';
import type { UnkeyService } from './unkey.service.js';
import { isVerification } from './verification/read-verification.js';
import { toVerifiedKey } from './verification/to-verified-key.js';

type Awaitable<T> = T | Promise<T>;

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
  readonly #policies: PolicyReader;
  readonly #events = new VerificationEvents();

  constructor(
    @Inject(UNKEY_SERVICE) protected readonly unkey: UnkeyService,
    @Inject(UNKEY_RESOLVED_OPTIONS) protected readonly options: ResolvedUnkeyOptions,
  ) {
    this.#policies = new PolicyReader(options.permissions);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const transport = transportOf(context);
    try {
      await this.#decide(context, transport.state(context));
      return true;
    } catch (error) {
      if (!isUnkeyException(error)) throw error;
      if (isDenial(error)) this.#events.denied(error);
      await this.deny(error, context);
      // A `deny` that a subclass replaced and that throws nothing still lets nobody through.
      return false;
    }
  }

  async #decide(context: ExecutionContext, state: RequestState): Promise<void> {
    if ((await this.skip(context)) === true) {
      state.decided = true;
      return;
    }
    const policy = this.#policyOf(context);
    const key = await this.extractKey(context);
    if (!key) {
      if (policy.access !== 'optional')
        throw new KeyMissingException({ status: this.options.statuses.MISSING_KEY });
      state.decided = true;
      return;
    }
    const asked = state.once(context.getHandler(), () => this.#demandsOf(policy, context));
    const demands = asked instanceof Promise ? await asked : asked;
    await this.allow(this.#granted(await this.verify(key, demands, context)), context);
    state.decided = true;
  }

  /**
   * Whether no key is needed. Nearest first: the decorators of the handler, of its class, then the options
   * `public`, `exclude` and `skipIf`.
   */
  protected skip(context: ExecutionContext): Awaitable<boolean> {
    const { access } = this.#policyOf(context);
    if (access !== undefined) return access === 'public';
    const { public: controllers, exclude, skipIf } = this.options;
    if (controllers.includes(context.getClass())) return true;
    const pattern = exclude.length === 0 ? undefined : transportOf(context).routePattern(context);
    if (pattern !== undefined && exclude.some((route) => route.matches(pattern))) return true;
    return skipIf?.(context) ?? false;
  }

  /** The key of this request, from the first source in `keyFrom` that finds one. */
  protected extractKey(context: ExecutionContext): Awaitable<string | undefined> {
    for (const source of this.options.keyFrom) {
      const key = source(context);
      if (key) return key;
    }
    return undefined;
  }

  /** Asks Unkey; one call per request for the same key and demands, however many guards ask. */
  protected verify(key: string, options: VerifyOptions, context: ExecutionContext): Awaitable<Verification> {
    const state = transportOf(context).state(context);
    return state.once(JSON.stringify([key, options]), () => this.unkey.verify(key, options));
  }

  /** Attaches the key to the request and tells the caller what is left of its limits. */
  protected allow(verification: Verification, context: ExecutionContext): Awaitable<void> {
    const transport = transportOf(context);
    const key = toVerifiedKey(verification);
    transport.state(context).key = key;
    transport.attach(context, key);
    transport.setHeaders(context, answerHeaders(verification, this.options));
  }

  /** Answers a refusal: its headers, then the exception itself. Whatever it does, the handler does not run. */
  protected deny(denial: UnkeyException, context: ExecutionContext): Awaitable<never> {
    transportOf(context).setHeaders(context, denialHeaders(denial, this.options));
    throw denial;
  }

  #policyOf(context: ExecutionContext): HandlerPolicy {
    return this.#policies.read(context.getClass(), context.getHandler());
  }

  #demandsOf(policy: HandlerPolicy, context: ExecutionContext): Awaitable<VerifyOptions> {
    const demands = demandsOf(policy, context);
    return this.options.clientIp ? this.#withAddress(demands, context) : demands;
  }

  async #withAddress(demands: Awaitable<VerifyOptions>, context: ExecutionContext): Promise<VerifyOptions> {
    return { ...(await demands), clientIp: knownAddress(transportOf(context).clientIp?.(context)) };
  }

  /** The verification, if it is a yes. Checked here too, since `verify` may be a subclass's own. */
  #granted(verification: Verification): Verification {
    if (!isVerification(verification)) throw new UnkeyUnavailableException();
    if (verification.valid) return verification;
    const { code } = verification;
    const { statuses } = this.options;
    throw new KeyDeniedException(verification, {
      status: isDenialCode(code) ? statuses[code] : statuses.FORBIDDEN,
      retryAfter: retryAfter(verification, this.options),
    });
  }
}
