import type { ExecutionContext } from '@nestjs/common';
import type { HandlerPolicy, PerRequest } from '../contracts/handler-policy.js';
import type { KeyCheck } from '../contracts/key-check.js';
import type { KeyRatelimitDemand, PermissionExpression } from '../contracts/verify-options.js';
import { UnkeyConfigError } from '../errors/unkey-config.error.js';
import { chosenInstance, type InstanceOptions } from './chosen-instance.js';
import { checkedPolicy, type PolicyOptions } from './checked-policy.js';
import { onlyOne } from './only-one.js';
import { openedBy } from './opened-by.js';
import { POLICY, readPolicy, type PolicyKey } from './policy-metadata.js';
import { hasSubclassGuard } from './subclass-guard.js';

type Handler = ReturnType<ExecutionContext['getHandler']>;
type Controller = ReturnType<ExecutionContext['getClass']>;

/** Requirements that a public handler must not have. */
const DEMANDS = {
  permissions: '@RequirePermissions()',
  credits: '@Credits()',
  ratelimits: '@KeyRatelimit()',
  checks: '@CheckKey()',
} as const;

/** Reads the requirements of a handler and its class, combines them, and caches the result. */
export class PolicyReader {
  readonly #policies = new WeakMap<Controller, WeakMap<Handler, HandlerPolicy>>();
  #last: { controller: Controller; handler: Handler; policy: HandlerPolicy } | undefined;

  /**
   * @param options the options that apply to every handler without `@UseUnkey()`
   * @param instances the named instances, whose options apply to handlers with it
   */
  constructor(
    private readonly options: PolicyOptions,
    private readonly instances: InstanceOptions<PolicyOptions>,
  ) {}

  /**
   * @throws UnkeyConfigError if the handler's decorators are invalid or contradict each other; it names the handler
   */
  read(controller: Controller, handler: Handler): HandlerPolicy {
    // A guard reads the same policy several times per request.
    const last = this.#last;
    if (last !== undefined && last.handler === handler && last.controller === controller) return last.policy;
    const policy = this.#cached(controller, handler);
    this.#last = { controller, handler, policy };
    return policy;
  }

  #cached(controller: Controller, handler: Handler): HandlerPolicy {
    const handlers = this.#policies.get(controller);
    const cached = handlers?.get(handler);
    if (cached !== undefined) return cached;
    const policy = this.#join(controller, handler);
    if (handlers === undefined) this.#policies.set(controller, new WeakMap([[handler, policy]]));
    else handlers.set(handler, policy);
    return policy;
  }

  #join(controller: Controller, handler: Handler): HandlerPolicy {
    const where = `${controller.name}.${handler.name}`;
    const decorated = { controller, handler, where };
    const { instance, options } = chosenInstance(decorated, this.options, this.instances);
    const access = accessOf(handler, where) ?? accessOf(controller, controller.name);
    if (access === 'public') refuseDemands(handler, where);
    const both = <T>(name: PolicyKey) =>
      [...readPolicy(name, controller), ...readPolicy(name, handler)] as T[];
    return checkedPolicy(where, options, {
      instance,
      access,
      openedBy: openedBy(controller, handler, options),
      hasSubclassGuard: hasSubclassGuard(controller, handler),
      permissions: [
        ...options.permissions,
        ...both<PermissionExpression[]>(POLICY.permissions).map((list) => asAllOf(list, where)),
      ],
      credits: onlyOne(POLICY.credits, '@Credits()', decorated) as HandlerPolicy['credits'],
      ratelimits: joinRatelimits(controller, handler, where),
      tags: both<PerRequest<string | string[]>>(POLICY.tags),
      sources: onlyOne(POLICY.keyFrom, '@KeyFrom()', decorated),
      checks: both<KeyCheck>(POLICY.checks),
    });
  }
}

/** Returns what the decorators of one handler or class say about needing a key. */
function accessOf(holder: Handler | Controller, where: string): HandlerPolicy['access'] {
  const [isPublic] = readPolicy(POLICY.public, holder);
  const isOptional = readPolicy(POLICY.optional, holder).length > 0;
  if (isPublic === true && isOptional) {
    throw new UnkeyConfigError(`${where}: @Public() and @OptionalKey() contradict each other; keep one.`);
  }
  if (isOptional) return 'optional';
  if (isPublic === undefined) return undefined;
  return isPublic === true ? 'public' : 'required';
}

/**
 * Throws if a public handler has requirements of its own, because they would never be checked. Requirements of its class
 * do not apply to it.
 *
 * @param because what makes the handler public, if it is not a decorator
 * @throws UnkeyConfigError names the handler and the decorator
 */
export function refuseDemands(handler: Handler, where: string, because = ''): void {
  for (const [name, decorator] of Object.entries(DEMANDS)) {
    if (readPolicy(POLICY[name as keyof typeof DEMANDS], handler).length > 0) {
      throw new UnkeyConfigError(
        `${where}: the handler is public${because}, so its ${decorator} has no effect; remove one of them, or use @Public(false).`,
      );
    }
  }
}

function joinRatelimits(controller: Controller, handler: Handler, where: string): KeyRatelimitDemand[] {
  const byName = (holder: Handler | Controller) => {
    const demands = readPolicy(POLICY.ratelimits, holder) as KeyRatelimitDemand[];
    const named = new Map(demands.map((demand) => [demand.name, demand]));
    if (named.size === demands.length) return named;
    throw new UnkeyConfigError(
      `${where}: @KeyRatelimit() names the same limit twice in the same place; keep one.`,
    );
  };
  return [...new Map([...byName(controller), ...byName(handler)]).values()];
}

/** Combines the permissions of one decorator with AND. */
function asAllOf(permissions: PermissionExpression[], where: string): PermissionExpression {
  const [first, second] = permissions;
  if (first === undefined) {
    throw new UnkeyConfigError(
      `${where}: @RequirePermissions() must name at least one permission, it is empty.`,
    );
  }
  return second === undefined ? first : { allOf: permissions };
}
