import 'reflect-metadata';
import type { ExecutionContext } from '@nestjs/common';
import type { HandlerLimit, HandlerLimits, RatelimitOptions } from '../contracts/handler-limits.js';
import { guardsOn, isRatelimitGuardClass, unkeyGuardsOn } from '../decorators/guards-metadata.js';
import { LIMITS, readPolicy } from '../decorators/policy-metadata.js';
import type { PolicyReader } from '../decorators/policy-reader.js';
import { UnkeyConfigError } from '../errors/unkey-config.error.js';
import { resolveLimit } from './resolve-limit.js';

type Handler = ReturnType<ExecutionContext['getHandler']>;
type Controller = ReturnType<ExecutionContext['getClass']>;

/** Reads the rate limits of a handler and its class, combines them, and caches the result. */
export class LimitReader {
  readonly #cached = new WeakMap<Controller, WeakMap<Handler, HandlerLimits | undefined>>();
  readonly #policies: Pick<PolicyReader, 'read'>;

  constructor(policies: Pick<PolicyReader, 'read'>) {
    this.#policies = policies;
  }

  /**
   * Returns `undefined` if the handler has no rate limits.
   *
   * @throws UnkeyConfigError if a limit is invalid; it names the handler
   */
  read(controller: Controller, handler: Handler): HandlerLimits | undefined {
    let handlers = this.#cached.get(controller);
    if (handlers === undefined) this.#cached.set(controller, (handlers = new WeakMap()));
    if (handlers.has(handler)) return handlers.get(handler);
    const limits = this.#join(controller, handler);
    handlers.set(handler, limits);
    return limits;
  }

  #join(controller: Controller, handler: Handler): HandlerLimits | undefined {
    const where = `${controller.name}.${handler.name}`;
    const own = limitsOn(handler, where);
    const replaced = new Set(own.map(({ namespace }) => namespace));
    const inherited = limitsOn(controller, where).filter(({ namespace }) => !replaced.has(namespace));
    const limits = Object.freeze([...inherited, ...own]);
    if (limits.length === 0) return undefined;
    const { access, openedBy, instance } = this.#policies.read(controller, handler);
    return Object.freeze({
      instance,
      limits,
      limiterGuards: [controller, handler].flatMap(guardsOn).filter(isRatelimitGuardClass).length,
      hasUnkeyGuard: [controller, handler].some((holder) => unkeyGuardsOn(holder).length > 0),
      isPublic: access === undefined ? openedBy !== undefined : access === 'public',
    });
  }
}

/** The limits in one place. Two that count in the same place would count each call twice. */
function limitsOn(holder: Controller | Handler, where: string): HandlerLimit[] {
  const limits = (readPolicy(LIMITS, holder) as RatelimitOptions[]).map((given) => {
    try {
      return resolveLimit(given);
    } catch (error) {
      throw new UnkeyConfigError(
        `${where}: @Ratelimit(): ${error instanceof Error ? error.message : String(error)}.`,
      );
    }
  });
  for (const [index, { namespace, by, duration }] of limits.entries()) {
    const isTwice = limits
      .slice(0, index)
      .some((other) => other.namespace === namespace && other.by === by && other.duration === duration);
    if (!isTwice) continue;
    throw new UnkeyConfigError(
      `${where}: @Ratelimit() names "${namespace}" twice in the same place with the same "by" and "duration", so each call would count twice; keep one.`,
    );
  }
  return limits;
}
