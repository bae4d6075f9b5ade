import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { RequestVerification, type DecisionSteps } from './access/request-verification.js';
import type { Awaitable } from './contracts/awaitable.js';
import type { HandlerPolicy } from './contracts/handler-policy.js';
import type { Verification } from './contracts/verification.js';
import type { VerifyOptions } from './contracts/verify-options.js';
import { GUARD_BRAND, GUARDS_WHOLE_APP } from './decorators/guard-brand.js';
import { PolicyReader } from './decorators/policy-reader.js';
import { UnkeyConfigError } from './errors/unkey-config.error.js';
import type { UnkeyException } from './errors/unkey.exception.js';
import type { ResolvedUnkeyOptions } from './options/resolved-options.js';
import { UNKEY_RESOLVED_OPTIONS, UNKEY_SERVICE } from './options/tokens.js';
import { findTransport, isTransportIn, transportOf } from './transports/transport-of.js';
import type { UnkeyService } from './unkey.service.js';

/**
 * Lets a request through if Unkey verifies its key, or if the handler needs none, and denies it in every other case.
 * Use it on a handler, on a controller or for the whole app. If several of these apply to a handler, the request is
 * still verified once.
 *
 * Every step is a protected method, sync or async, that a subclass can override:
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
  readonly #requests: RequestVerification;
  readonly #steps: DecisionSteps = {
    policy: (context) => this.#policyOf(context),
    skip: (context) => this.skip(context),
    ready: (context) => transportOf(context).ready?.(context),
    takesPrincipal: !this.#readsKey(),
    extractKey: (context) => this.extractKey(context),
    verify: (key, demands, context) => this.verify(key, demands, context),
    allow: (verification, context) => this.allow(verification, context),
    deny: (denial, context) => this.deny(denial, context),
  };
  /** Set if this is the built-in guard and it is global. */
  #runsGuardsOf: ((controller: object) => boolean) | undefined;

  constructor(
    @Inject(UNKEY_SERVICE) protected readonly unkey: UnkeyService,
    @Inject(UNKEY_RESOLVED_OPTIONS) protected readonly options: ResolvedUnkeyOptions,
  ) {
    if (options.gateway?.otherwise === 'deny' && this.#readsKey()) throw readsKeyInVain(this);
    this.#policies = new PolicyReader(options);
    this.#requests = new RequestVerification(options, unkey);
  }

  /**
   * @internal called at startup if this instance guards the whole app. The built-in guard then skips handlers that have a
   * subclass of it; a subclass skips none.
   *
   * @param runsGuardsOf whether Nest runs the guards in `@UseGuards()` of a class
   */
  [GUARDS_WHOLE_APP](runsGuardsOf: (controller: object) => boolean): void {
    if (Object.hasOwn(this.constructor, GUARD_BRAND)) this.#runsGuardsOf = runsGuardsOf;
  }

  canActivate(context: ExecutionContext): Promise<boolean> {
    if (!(#steps in this)) throw notConstructed(this, context);
    if (isTransportIn(context, this.options.skipTransports) || this.#hasSubclassGuard(context)) {
      return Promise.resolve(true);
    }
    const transport = findTransport(context);
    return transport?.runGuard === undefined
      ? this.#requests.decide(context, this.#steps)
      : transport.runGuard(context, () => this.#requests.decide(context, this.#steps));
  }

  /**
   * Whether the request needs no key. The first of these that applies decides: the decorators of the handler, of its
   * class, then the options `public`, `publicMetadata`, `exclude` and `skipIf`.
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

  /** Returns the key of the request, from the first source in `@KeyFrom()`, or else in `keyFrom`, that finds one. */
  protected extractKey(context: ExecutionContext): Awaitable<string | undefined> {
    return this.#requests.findKey(context, this.#policyOf(context).keyFrom);
  }

  /**
   * Verifies the key with Unkey: once per request for the same key and options, even with several guards. `options` are
   * the handler's, and frozen. To require something else, pass on other options.
   */
  protected verify(key: string, options: VerifyOptions, context: ExecutionContext): Awaitable<Verification> {
    return this.#requests.verify(key, options, context);
  }

  /** Attaches the key to the request and sends the rate-limit headers. */
  protected allow(verification: Verification, context: ExecutionContext): Awaitable<void> {
    return this.#requests.allow(verification, context);
  }

  /** Denies the request: sets the headers and throws the exception. The handler never runs, whatever this method does. */
  protected deny(denial: UnkeyException, context: ExecutionContext): Awaitable<never> {
    return this.#requests.deny(denial, context, this.#policyOf(context));
  }

  /**
   * Whether a subclass decides which key counts, or what is required of it. A principal of the gateway would pass by
   * these steps.
   */
  #readsKey(): boolean {
    return this.extractKey !== UnkeyGuard.prototype.extractKey || this.verify !== UnkeyGuard.prototype.verify;
  }

  #hasSubclassGuard(context: ExecutionContext): boolean {
    const runs = this.#runsGuardsOf;
    return runs !== undefined && this.#policyOf(context).hasSubclassGuard && runs(context.getClass());
  }

  #policyOf(context: ExecutionContext): HandlerPolicy {
    return this.#policies.read(context.getClass(), context.getHandler());
  }
}

/** Nest makes no instance of some request-scoped guards of gateways, and calls their bare prototype. */
function notConstructed(guard: object, context: ExecutionContext): UnkeyConfigError {
  const place = `${context.getClass().name}.${context.getHandler().name}`;
  return new UnkeyConfigError(
    `${guard.constructor.name} is request-scoped, and Nest calls it for ${place} without constructing it. ` +
      'Use a guard that is not request-scoped for gateways.',
  );
}

function readsKeyInVain(guard: object): UnkeyConfigError {
  return new UnkeyConfigError(
    `${guard.constructor.name} overrides extractKey() or verify(), but the option "gateway" accepts only principals, ` +
      "which have no key; remove the method, or set gateway.otherwise to 'verify'.",
  );
}
