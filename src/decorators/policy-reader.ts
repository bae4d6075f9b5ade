import type { ExecutionContext } from '@nestjs/common';
import type { HandlerPolicy, PerRequest } from '../contracts/handler-policy.js';
import type { KeyCheck } from '../contracts/key-check.js';
import type { KeyRatelimitDemand, PermissionExpression } from '../contracts/verify-options.js';
import { UnkeyConfigError } from '../errors/unkey-config.error.js';
import { checkedPolicy, type PolicyOptions } from './checked-policy.js';
import { openedBy } from './opened-by.js';
import { POLICY, readPolicy, type PolicyKey } from './policy-metadata.js';
import { hasSubclassGuard } from './subclass-guard.js';

type Handler = ReturnType<ExecutionContext['getHandler']>;
type Controller = ReturnType<ExecutionContext['getClass']>;

/** Demands that cost something or ask for something; a public handler cannot have them. */
const DEMANDS = {
  permissions: '@RequirePermissions()',
  credits: '@Credits()',
  ratelimits: '@KeyRatelimit()',
  checks: '@CheckKey()',
} as const;

/** Reads what a handler and its class demand, once, and joins it. */
export class PolicyReader {
  readonly #read = new WeakMap<Controller, WeakMap<Handler, HandlerPolicy>>();
  #last: { controller: Controller; handler: Handler; policy: HandlerPolicy } | undefined;

  /** @param options what the options say of every handler */
  constructor(private readonly options: PolicyOptions) {}

  /**
   * @throws UnkeyConfigError that names the handler, where its decorators cannot be meant
   */
  read(controller: Controller, handler: Handler): HandlerPolicy {
    // A guard asks more than once for one request.
    const last = this.#last;
    if (last !== undefined && last.handler === handler && last.controller === controller) return last.policy;
    const policy = this.#known(controller, handler);
    this.#last = { controller, handler, policy };
    return policy;
  }

  #known(controller: Controller, handler: Handler): HandlerPolicy {
    const known = this.#read.get(controller);
    const before = known?.get(handler);
    if (before !== undefined) return before;
    const policy = this.#join(controller, handler);
    if (known === undefined) this.#read.set(controller, new WeakMap([[handler, policy]]));
    else known.set(handler, policy);
    return policy;
  }

  #join(controller: Controller, handler: Handler): HandlerPolicy {
    const where = `${controller.name}.${handler.name}`;
    const access = accessOf(handler, where) ?? accessOf(controller, controller.name);
    if (access === 'public') refuseDemands(handler, where);
    const both = <T>(name: PolicyKey) =>
      [...readPolicy(name, controller), ...readPolicy(name, handler)] as T[];
    return checkedPolicy(where, this.options, {
      access,
      openedBy: openedBy(controller, handler, this.options),
      hasSubclassGuard: hasSubclassGuard(controller, handler),
      permissions: [
        ...this.options.permissions,
        ...both<PermissionExpression[]>(POLICY.permissions).map((list) => asAllOf(list, where)),
      ],
      credits: onlyOne(POLICY.credits, '@Credits()', controller, handler, where) as HandlerPolicy['credits'],
      ratelimits: joinRatelimits(controller, handler, where),
      tags: both<PerRequest<string | string[]>>(POLICY.tags),
      sources: onlyOne(POLICY.keyFrom, '@KeyFrom()', controller, handler, where),
      checks: both<KeyCheck>(POLICY.checks),
    });
  }
}

/** What one handler or class says by itself about needing a key. */
function accessOf(holder: Handler | Controller, where: string): HandlerPolicy['access'] {
  const [isPublic] = readPolicy(POLICY.public, holder);
  const isOptional = readPolicy(POLICY.optional, holder).length > 0;
  if (isPublic === true && isOptional) {
    throw new UnkeyConfigError(`${where}: @Public() and @OptionalKey() contradict each other, keep one.`);
  }
  if (isOptional) return 'optional';
  if (isPublic === undefined) return undefined;
  return isPublic === true ? 'public' : 'required';
}

/**
 * Fails if a public handler has demands of its own: nobody would check them. Demands of its class do not reach it.
 *
 * @param because what makes it public, if it is not a decorator
 * @throws UnkeyConfigError that names the handler and the decorator
 */
export function refuseDemands(handler: Handler, where: string, because = ''): void {
  for (const [name, decorator] of Object.entries(DEMANDS)) {
    if (readPolicy(POLICY[name as keyof typeof DEMANDS], handler).length > 0) {
      throw new UnkeyConfigError(
        `${where}: it is public${because}, so ${decorator} on it would never be asked; remove one, or say @Public(false).`,
      );
    }
  }
}

/** What a decorator says that may stand once in one place; the handler's replaces the class's. */
function onlyOne(
  name: PolicyKey,
  decorator: string,
  controller: Controller,
  handler: Handler,
  where: string,
): unknown {
  const onHandler = readPolicy(name, handler);
  const [value, another] = onHandler.length > 0 ? onHandler : readPolicy(name, controller);
  if (another !== undefined) {
    throw new UnkeyConfigError(`${where}: ${decorator} stands twice in one place, keep one.`);
  }
  return value;
}

function joinRatelimits(controller: Controller, handler: Handler, where: string): KeyRatelimitDemand[] {
  const byName = (holder: Handler | Controller) => {
    const demands = readPolicy(POLICY.ratelimits, holder) as KeyRatelimitDemand[];
    const named = new Map(demands.map((demand) => [demand.name, demand]));
    if (named.size === demands.length) return named;
    throw new UnkeyConfigError(`${where}: @KeyRatelimit() names the same limit twice in one place.`);
  };
  return [...new Map([...byName(controller), ...byName(handler)]).values()];
}

/** One decorator's list, joined with AND like all others. */
function asAllOf(permissions: PermissionExpression[], where: string): PermissionExpression {
  const [first, second] = permissions;
  if (first === undefined) {
    throw new UnkeyConfigError(
      `${where}: @RequirePermissions() must name at least one permission, it is empty.`,
    );
  }
  return second === undefined ? first : { allOf: permissions };
}
