import type { KeysVerifyKeyRatelimit } from '@unkey/api/models/components';
import { ApiError } from '../api-error.js';
import { type LimitCheck, takeAll } from '../domain/sliding-window.js';
import type { Identity, Key, NamedRatelimit } from '../store/records.js';
import type { Counters } from '../store/counters.js';

/** A limit as verifyKey returns it. */
export interface LimitState extends NamedRatelimit {
  readonly exceeded: boolean;
  readonly remaining: number;
  /** End of the window in Unix ms. */
  readonly reset: number;
}

interface Planned extends NamedRatelimit {
  readonly cost: number;
  /** The id of the key or the identity that the limit counts for. */
  readonly scope: string;
}

/** The identity's limits, without those that a limit of the key with the same name overrides. */
export function unshadowed(key: Key, identity: Identity): readonly NamedRatelimit[] {
  if (key.ratelimits.length === 0) return identity.ratelimits;
  const names = new Set(key.ratelimits.map(({ name }) => name));
  return identity.ratelimits.filter(({ name }) => !names.has(name));
}

/**
 * Counts the limits of one verification: those with `autoApply` and the requested ones.
 *
 * @returns their states; none if there was nothing to count, or if the limiter failed
 * @throws {ApiError} 412 for a limit that neither the key nor its identity has
 */
export function countLimits(
  key: Key,
  identity: Identity | undefined,
  requested: readonly KeysVerifyKeyRatelimit[],
  counters: Counters,
  now: number,
): readonly LimitState[] {
  const planned = [...plan(key, identity, requested).values()];
  // The server's limiter fails for such a limit, and the verification continues without any limits.
  if (planned.some(({ limit, duration }) => limit <= 0 || duration < 1000)) return [];
  const checks = planned.map(({ scope, name, limit, duration, cost }): LimitCheck => ({
    counter: counters.for(scope, name, duration, now),
    limit,
    duration,
    cost,
  }));
  return takeAll(checks, now).map(({ passed, remaining, reset }, index) => {
    const { autoApply = false, duration = 0, id = '', limit = 0, name = '' } = planned[index] ?? {};
    return { autoApply, duration, exceeded: !passed, id, limit, name, remaining, reset };
  });
}

function plan(
  key: Key,
  identity: Identity | undefined,
  requested: readonly KeysVerifyKeyRatelimit[],
): Map<string, Planned> {
  const configured = new Map<string, Planned>();
  for (const limit of identity?.ratelimits ?? [])
    configured.set(limit.name, scoped(limit, identity?.id ?? ''));
  for (const limit of key.ratelimits) configured.set(limit.name, scoped(limit, key.id));
  const planned = new Map<string, Planned>();
  for (const [name, limit] of configured) if (limit.autoApply) planned.set(name, limit);
  for (const { name, cost = 1, limit, duration } of requested) {
    const known = configured.get(name);
    if (limit !== undefined && duration !== undefined) {
      planned.set(name, { id: '', name, limit, duration, autoApply: false, cost, scope: key.id });
    } else if (known) {
      planned.set(name, { ...known, cost });
    } else {
      throw unknownLimit(name, key, identity);
    }
  }
  return planned;
}

function scoped({ id, name, limit, duration, autoApply }: NamedRatelimit, scope: string): Planned {
  return { id, name, limit, duration, autoApply, cost: 1, scope };
}

function unknownLimit(name: string, key: Key, identity: Identity | undefined): ApiError {
  const owners = identity
    ? `Neither the key '${key.id}' nor its identity '${identity.id}' has`
    : `The key '${key.id}' does not have`;
  return new ApiError('preconditionFailed', `${owners} a ratelimit '${name}'.`);
}
