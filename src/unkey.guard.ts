import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ChosenInstances } from './access/chosen-instances.js';
import type { DecisionSteps } from './access/decision-steps.js';
import { notConstructed, readsUnusedKey } from './access/guard-errors.js';
import { GuardInstance } from './access/guard-instance.js';
import { RunningInstance } from './access/running-instance.js';
import type { Awaitable } from './contracts/awaitable.js';
import type { HandlerPolicy } from './contracts/handler-policy.js';
import type { Instance } from './contracts/instances.js';
import type { Verification } from './contracts/verification.js';
import type { VerifyOptions } from './contracts/verify-options.js';
import { GUARD_BRAND, GUARDS_WHOLE_APP } from './decorators/guard-brand.js';
import { PolicyReader } from './decorators/policy-reader.js';
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
  readonly #instances: ChosenInstances<GuardInstance<UnkeyService>>;
  readonly #running: RunningInstance<GuardInstance<UnkeyService>>;
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
    const own = this.#instance({ service: unkey, options });
    this.#running = new RunningInstance(own);
    this.#instances = new ChosenInstances(own, (name) => {
      const found = unkey.instances.find(name);
      return found && this.#instance(found);
    });
    this.#policies = new PolicyReader(options, {
      find: (name) => unkey.instances.find(name),
      names: () => unkey.instances.names(),
    });
    // A setter each, because a subclass may declare the parameters of its constructor as properties of the same name.
    Object.defineProperties(this, {
      unkey: { get: () => this.#running.current.service, set() {}, configurable: true },
      options: { get: () => this.#running.current.options, set() {}, configurable: true },
    });
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

  /**
   * Denies the request: sets the headers and throws the exception. The handler never runs, whatever this method does.
   */
  protected deny(denial: UnkeyException, context: ExecutionContext): Awaitable<never> {
    return this.#instanceOf(context).requests.deny(denial, context, this.#policyOf(context));
  }

  /** Whether this guard has nothing to do with a request. An error of the policy is left to {@link #decide}. */
  #passesUnseen(context: ExecutionContext): boolean {
    try {
      if (isTransportIn(context, this.#instanceOf(context).options.skipTransports)) return true;
      return this.#isBuiltIn && this.#leavesToSubclass(context);
    } catch {
      return false;
    }
  }

  /**
   * Whether a subclass of this guard decides instead of it. `@UseUnkey()` applies the built-in guard, which then leaves
   * the handler to any subclass that Nest runs for it.
   */
  #leavesToSubclass(context: ExecutionContext): boolean {
    const { instance, hasSubclassGuard } = this.#policyOf(context);
    if (instance === undefined) return hasSubclassGuard && this.#runsGuardsOf?.(context.getClass()) === true;
    if (this.#instanceOf(context).requests.hasSubclassPassed(context)) return true;
    return hasSubclassGuard && this.#instances.own.service.instances.runsGuardsOf(context.getClass());
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

  async #decideAsSubclass(context: ExecutionContext): Promise<boolean> {
    const instance = this.#instanceOf(context);
    const { requests } = instance;
    const mayPass = await this.#running.run(instance, () => requests.decide(context, this.#steps));
    if (mayPass) requests.subclassPassed(context);
    return mayPass;
  }

  #policyOf(context: ExecutionContext): HandlerPolicy {
    return this.#policies.read(context.getClass(), context.getHandler());
  }

  /** The instance that verifies the key of this request. */
  #instanceOf(context: ExecutionContext): GuardInstance<UnkeyService> {
    return this.#instances.named(this.#policyOf(context).instance);
  }

  /** @throws UnkeyConfigError if this guard reads keys, and the instance accepts none */
  #instance(of: Instance<UnkeyService, ResolvedUnkeyOptions>): GuardInstance<UnkeyService> {
    if (of.options.gateway?.otherwise === 'deny' && this.#readsKey()) throw readsUnusedKey(this);
    return new GuardInstance(of);
  }

  /**
   * Whether a subclass decides which key counts, or what is required of it. A principal of the gateway would pass by
   * these steps.
   */
  #readsKey(): boolean {
    return this.extractKey !== UnkeyGuard.prototype.extractKey || this.verify !== UnkeyGuard.prototype.verify;
  }
}
