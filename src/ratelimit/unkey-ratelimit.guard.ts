import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ChosenInstances } from '../access/chosen-instances.js';
import type { Instance, Instances } from '../contracts/instances.js';
import { GUARDS_WHOLE_APP, RATELIMIT_GUARD_BRAND } from '../decorators/guard-brand.js';
import { PolicyReader } from '../decorators/policy-reader.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import { UNKEY_RESOLVED_OPTIONS, UNKEY_SERVICE } from '../options/tokens.js';
import { isTransportIn, transportOf } from '../transports/transport-of.js';
import { LimitReader } from './limit-reader.js';
import { RequestLimits, type GlobalPlace, type LimitCounter } from './request-limits.js';

/** The part of `UnkeyService` that is used here. */
interface LimitService extends LimitCounter {
  readonly instances: Instances<LimitService, ResolvedUnkeyOptions>;
}

/** An instance of the module as this guard uses it. */
interface LimitInstance {
  readonly options: ResolvedUnkeyOptions;
  readonly requests: RequestLimits;
}

/**
 * Counts the calls of handlers with `@Ratelimit()`, which applies this guard itself. Register it globally as well to
 * count by address before keys are verified, so that a flood of bad keys costs no verifications.
 *
 * Each limit is counted once per request, however many of these guards a handler has. If a limit depends on the
 * key and the key is not verified yet, a global guard leaves it to the guard that `@Ratelimit()` applies.
 *
 * @example
 * providers: [{ provide: APP_GUARD, useExisting: UnkeyRatelimitGuard }]
 */
@Injectable()
export class UnkeyRatelimitGuard implements CanActivate {
  /** @internal see {@link RATELIMIT_GUARD_BRAND} */
  static readonly [RATELIMIT_GUARD_BRAND] = true;

  readonly #limits: LimitReader;
  readonly #instances: ChosenInstances<LimitInstance>;
  /** Set if this guard is global. */
  #place: GlobalPlace | undefined;

  constructor(
    @Inject(UNKEY_SERVICE) unkey: LimitService,
    @Inject(UNKEY_RESOLVED_OPTIONS) options: ResolvedUnkeyOptions,
  ) {
    this.#limits = new LimitReader(
      new PolicyReader(options, {
        find: (name) => unkey.instances.find(name),
        names: () => unkey.instances.names(),
      }),
    );
    this.#instances = new ChosenInstances(limitInstance({ service: unkey, options }), (name) => {
      const found = unkey.instances.find(name);
      return found && limitInstance(found);
    });
  }

  /**
   * @internal called at startup if this instance guards the whole app
   *
   * @param runsGuardsOf whether Nest runs the guards in `@UseGuards()` of a class
   * @param hasUnkeyGuard whether an `UnkeyGuard` guards the whole app too
   */
  [GUARDS_WHOLE_APP](runsGuardsOf: (controller: object) => boolean, hasUnkeyGuard: boolean): void {
    this.#place = { runsGuardsOf, hasUnkeyGuard };
  }

  /** Returns `true` if no limit is exceeded, and throws in every other case. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const limits = this.#limits.read(context.getClass(), context.getHandler());
    if (limits === undefined) return true;
    // The instance that verifies the key of a handler also counts its limits.
    const { options, requests } = this.#instances.named(limits.instance);
    if (isTransportIn(context, options.skipTransports)) return true;
    const transport = transportOf(context);
    const count = () => requests.count(context, limits, this.#place);
    return transport.runGuard === undefined ? count() : transport.runGuard(context, count);
  }
}

function limitInstance({ service, options }: Instance<LimitService, ResolvedUnkeyOptions>): LimitInstance {
  return { options, requests: new RequestLimits(options, service) };
}
