import type { Refill } from '../domain/refill.js';
import { exactInteger, type JsonText } from '../json-text.js';
import type { OperationContext } from './operation.js';
import type { Identity, Key, NamedRatelimit, Permission, Role } from '../store/records.js';

/** A list for a response: absent if it is empty. */
export function unlessEmpty<Item>(items: readonly Item[]): readonly Item[] | undefined {
  return items.length === 0 ? undefined : items;
}

/** A text for a response: absent if it is empty. */
export function unlessBlank(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

export function refillData({ amount, interval, refillDay }: Refill): {
  amount: number | JsonText;
  interval: string;
  refillDay: number | undefined;
} {
  return { amount: exactInteger(amount), interval, refillDay };
}

export function ratelimitData({ autoApply, duration, id, limit, name }: NamedRatelimit): NamedRatelimit {
  return { autoApply, duration, id, limit, name };
}

/** An identity as responses return it, with all or some of its limits. */
export function identityData(
  identity: Identity,
  ratelimits: readonly NamedRatelimit[] = identity.ratelimits,
): object {
  const { externalId, id, meta } = identity;
  return { externalId, id, meta, ratelimits: unlessEmpty(ratelimits.map(ratelimitData)) };
}

/** The roles of a key that still exist. */
export function rolesOf(key: Key): Role[] {
  return key.roles.filter((role) => !role.deleted);
}

/** The permissions of a key or a role that still exist. */
export function permissionsOf(holder: { readonly permissions: readonly Permission[] }): Permission[] {
  return holder.permissions.filter((permission) => !permission.deleted);
}

/** The slugs of a key's permissions, its own and those of its roles. A permission that it has in both ways is listed
 * twice. */
export function heldSlugs(key: Key): string[] {
  return [key, ...rolesOf(key)].flatMap((holder) => permissionsOf(holder).map(({ slug }) => slug));
}

/** A key as getKey, whoami and listKeys return it. */
export function keyData(key: Key, { workspace, now }: OperationContext): object {
  workspace.keys.refill(key, now);
  const identity = key.identity?.deleted ? undefined : key.identity;
  return {
    createdAt: key.createdAt,
    credits: key.remaining === null ? undefined : creditsData(key.remaining, key.refill),
    enabled: key.enabled,
    expires: key.expires === 0 ? undefined : key.expires,
    identity: identity && identityData(identity),
    keyId: key.id,
    meta: key.meta,
    name: unlessBlank(key.name),
    permissions: unlessEmpty([...new Set(heldSlugs(key))].sort()),
    ratelimits: unlessEmpty(key.ratelimits.map(ratelimitData)),
    roles: unlessEmpty(rolesOf(key).map(({ name }) => name)),
    start: key.start,
    updatedAt: key.updatedAt,
  };
}

function creditsData(remaining: bigint, refill: Refill | undefined): object {
  return { refill: refill && refillData(refill), remaining: exactInteger(remaining) };
}
