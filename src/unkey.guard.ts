import { AsyncLocalStorage } from 'node:async_hooks';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { GuardInstance } from './access/guard-instance.js';
import type { DecisionSteps, RequestVerification } from './access/request-verification.js';
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

  /** The service that verifies keys: under `@UseUnkey(name)`, that of the named instance. */
  declare protected readonly unkey: UnkeyService;
  /** The options of the module: under `@UseUnkey(name)`, those of the named instance. */
  declare protected readonly options: ResolvedUnkeyOptions;

  readonly #policies: PolicyReader;
  readonly #own: GuardInstance<UnkeyService>;
  readonly #named = new Map<string, GuardInstance<UnkeyService>>();
  /** Which instance the steps of a subclass run for. Set once one of them ran for another instance than its own. */
  #running: AsyncLocalStorage<GuardInstance<UnkeyService>> | undefined;
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
  readonly #isBuiltIn = Object.hasOwn(this.constructor, GUARD_BRAND);
  /** Set if this is the built-in guard and it is global. */
  #runsGuardsOf: ((controller: object) => boolean) | undefined;

  constructor(
    @Inject(UNKEY_SERVICE) unkey: UnkeyService,
    @Inject(UNKEY_RESOLVED_OPTIONS) options: ResolvedUnkeyOptions,
  ) {
    this.#own = new GuardInstance({ service: unkey, options });
    this.#policies = new PolicyReader(options, {
      find: (name) => unkey.instances.find(name),
      names: () => unkey.instances.names(),
    });
    // A setter each, because a subclass may declare the parameters of its constructor as properties of the same name.
    Object.defineProperties(this, {
      unkey: { get: () => this.#current().service, set() {}, configurable: true },
      options: { get: () => this.#current().options, set() {}, configurable: true },
    });
    this.#refuseToReadKey(options);
  }

  /**
   * @internal called at startup if this instance guards the whole app. The built-in guard then skips handlers that have a
   * subclass of it; a subclass skips none.
   *
   * @param runsGuardsOf whether Nest runs the guards in `@UseGuards()` of a class
   */
  [GUARDS_WHOLE_APP](runsGuardsOf: (controller: object) => boolean): void {
    if (this.#isBuiltIn) this.#runsGuardsOf = runsGuardsOf;
  }

  canActivate(context: ExecutionContext): Promise<boolean> {
    if (!(#steps in this)) throw notConstructed(this, context);
    if (this.#passesUnseen(context)) return Promise.resolve(true);
    const transport = findTransport(context);
    return transport?.runGuard === undefined
      ? this.#decide(context)
      : transport.runGuard(context, () => this.#decide(context));
  }

  /**
   * Whether the request needs no key. The first of these that applies decides: the decorators of the handler, of its
   * class, then the options `public`, `publicMetadata`, `exclude` and `skipIf`.
   */
  protected skip(context: ExecutionContext): Awaitable<boolean> {
    const { access, openedBy } = this.#policyOf(context);
    if (access !== undefined) return access === 'public';
    if (openedBy !== undefined) return true;
    const { exclude, skipIf } = this.#instanceOf(context).options;
    const pattern = exclude.length === 0 ? undefined : transportOf(context).routePattern?.(context);
    if (pattern !== undefined && exclude.some((route) => route.matches(pattern))) return true;
    return skipIf?.(context) ?? false;
  }

  /** Returns the key of the request, from the first source in `@KeyFrom()`, or else in `keyFrom`, that finds one. */
  protected extractKey(context: ExecutionContext): Awaitable<string | undefined> {
    return this.#instanceOf(context).requests.findKey(context, this.#policyOf(context).keyFrom);
  }

  /**
   * Verifies the key with Unkey: once per request for the same key and options, even with several guards. `options` are
   * the handler's, and frozen. To require something else, pass on other options.
   */
  protected verify(key: string, options: VerifyOptions, context: ExecutionContext): Awaitable<Verification> {
    return this.#instanceOf(context).requests.verify(key, options, context);
  }

  /** Attaches the key to the request and sends the rate-limit headers. */
  protected allow(verification: Verification, context: ExecutionContext): Awaitable<void> {
    return this.#instanceOf(context).requests.allow(verification, context);
  }

  /** Denies the request: sets the headers and throws the exception. The handler never runs, whatever this method does. */
  protected deny(denial: UnkeyException, context: ExecutionContext): Awaitable<never> {
    return this.#instanceOf(context).requests.deny(denial, context, this.#policyOf(context));
  }

  /** Whether this guard has nothing to do with a request. An error of the policy is left to {@link #decide}. */
  #passesUnseen(context: ExecutionContext): boolean {
    try {
      const { options, requests } = this.#instanceOf(context);
      if (isTransportIn(context, options.skipTransports)) return true;
      return this.#isBuiltIn && this.#leavesToSubclass(context, requests);
    } catch {
      return false;
    }
  }

  /**
   * Whether a subclass of this guard decides instead of it. `@UseUnkey()` applies the built-in guard, which then leaves
   * the handler to any subclass that Nest runs for it.
   */
  #leavesToSubclass(context: ExecutionContext, requests: RequestVerification): boolean {
    const { instance, hasSubclassGuard } = this.#policyOf(context);
    if (instance === undefined) return hasSubclassGuard && this.#runsGuardsOf?.(context.getClass()) === true;
    if (requests.hasSubclassPassed(context)) return true;
    return hasSubclassGuard && this.#own.service.instances.runsGuardsOf(context.getClass());
  }

  #decide(context: ExecutionContext): Promise<boolean> {
    try {
      const { requests } = this.#instanceOf(context);
      return this.#isBuiltIn ? requests.decide(context, this.#steps) : this.#decideAsSubclass(context);
    } catch (error) {
      // Not thrown, because a transport handles only rejections.
      return Promise.reject(error as Error);
    }
  }

  /** Lets `this.unkey` and `this.options` be those of the instance while the steps of a subclass run. */
  async #decideAsSubclass(context: ExecutionContext): Promise<boolean> {
    const instance = this.#instanceOf(context);
    const { requests } = instance;
    if (instance !== this.#own) this.#running ??= new AsyncLocalStorage();
    // Once there is a storage, it is used for every request: one that is made while another one runs would inherit its instance.
    if (this.#running === undefined) return requests.decide(context, this.#steps);
    const mayPass = await this.#running.run(instance, () => requests.decide(context, this.#steps));
    if (mayPass) requests.subclassPassed(context);
    return mayPass;
  }

  /** The instance whose steps run, or else the guard's own. */
  #current(): GuardInstance<UnkeyService> {
    return this.#running?.getStore() ?? this.#own;
  }

  /** The instance that verifies the key of this request. */
  #instanceOf(context: ExecutionContext): GuardInstance<UnkeyService> {
    const name = this.#policyOf(context).instance;
    if (name === undefined || name === this.#own.options.name) return this.#own;
    const known = this.#named.get(name);
    if (known !== undefined) return known;
    const found = this.#own.service.instances.find(name);
    if (found === undefined) throw new UnkeyConfigError(`There is no instance ${JSON.stringify(name)}.`);
    const instance = new GuardInstance(found);
    this.#refuseToReadKey(found.options);
    this.#named.set(name, instance);
    return instance;
  }

  #refuseToReadKey({ gateway }: ResolvedUnkeyOptions): void {
    if (gateway?.otherwise === 'deny' && this.#readsKey()) throw readsKeyInVain(this);
  }

  /**
   * Whether a subclass decides which key counts, or what is required of it. A principal of the gateway would pass by
   * these steps.
   */
  #readsKey(): boolean {
    return this.extractKey !== UnkeyGuard.prototype.extractKey || this.verify !== UnkeyGuard.prototype.verify;
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
