import type { KeyCreditsRefill, RatelimitRequest } from '@unkey/api/models/components';
import { ApiError } from '../api-error.js';
import { IDENTITY_META_LIMIT, KEY_META_LIMIT, type Meta, storedMeta } from '../domain/meta.js';
import { accentSensitive } from '../domain/collation.js';
import type { Refill } from '../domain/refill.js';
import { CollatedMap } from '../store/collated-map.js';
import type { NamedRatelimit, Permission, Role } from '../store/records.js';
import type { Workspace } from '../store/workspace.js';

/** One empty list that all keys share, to save memory. */
const NOTHING: readonly never[] = [];

/** @throws {ApiError} 400 if it is larger than the server can store */
export function keyMeta(meta: object | null | undefined): Meta | undefined {
  return meta ? limited(meta, true, KEY_META_LIMIT) : undefined;
}

/** @throws {ApiError} 400 if it is larger than the server accepts */
export function identityMeta(meta: object | undefined): Meta | undefined {
  return meta ? limited(meta, false, IDENTITY_META_LIMIT) : undefined;
}

function limited(value: object, negativeZero: boolean, limit: number): Meta | undefined {
  const { meta, bytes } = storedMeta(value, negativeZero);
  if (bytes > limit) {
    throw new ApiError(
      'invalidInput',
      `The metadata is ${bytes} bytes of JSON; at most ${limit} can be stored.`,
    );
  }
  return meta;
}

/** A refill as it is stored. `refillDay` is dropped with `daily`. */
export function storedRefill(refill: KeyCreditsRefill | undefined): Refill | undefined {
  if (!refill) return undefined;
  const interval = refill.interval === 'monthly' ? 'monthly' : 'daily';
  if (interval === 'monthly' && refill.refillDay === undefined) {
    throw new ApiError('invalidInput', 'A monthly refill needs `refillDay`.');
  }
  return {
    interval,
    amount: BigInt(refill.amount),
    refillDay: interval === 'monthly' ? refill.refillDay : undefined,
  };
}

/** Limits as they are stored. Of limits with equal names the last one counts. An existing limit keeps its id and
 * spelling. */
export function namedRatelimits(
  workspace: Workspace,
  requested: readonly RatelimitRequest[] | undefined,
  before: readonly NamedRatelimit[] = [],
): readonly NamedRatelimit[] {
  if (!requested?.length) return NOTHING;
  const earlier = new CollatedMap<NamedRatelimit>(accentSensitive);
  for (const one of before) earlier.set(one.name, one);
  const byName = new CollatedMap<NamedRatelimit>(accentSensitive);
  for (const { limit, duration, autoApply = false, ...one } of requested) {
    const { id, name } = byName.get(one.name) ??
      earlier.get(one.name) ?? {
        id: workspace.random.id('rl'),
        name: one.name,
      };
    byName.set(name, { id, name, limit, duration, autoApply });
  }
  return [...byName.values()];
}

/** @throws {ApiError} 404 for a role that does not exist with exactly this name */
export function rolesByName(workspace: Workspace, names: readonly string[] | undefined): readonly Role[] {
  if (!names?.length) return NOTHING;
  const roles = names.map((name) => {
    const role = workspace.roles.byExactName(name);
    if (!role) throw new ApiError('roleNotFound', `There is no role '${name}'.`);
    return role;
  });
  return [...new Set(roles)];
}

/**
 * The roles of a list of names. The list may also contain a role's id, but only together with its name.
 *
 * @throws {ApiError} 404 for a role that does not exist with exactly this name
 */
export function listedRoles(workspace: Workspace, names: readonly string[]): readonly Role[] {
  const found = new Set(
    names.map((name) => workspace.roles.byName(name)).filter((role) => role !== undefined),
  );
  const spellings = new Set([...found].flatMap(({ id, name }) => [id, name]));
  const unknown = names.find((name) => !spellings.has(name));
  if (unknown !== undefined) throw new ApiError('roleNotFound', `There is no role '${unknown}'.`);
  return [...found];
}

/** The slugs of a list, without the ids of permissions whose slugs are in the list too. */
export function listedSlugs(workspace: Workspace, slugs: readonly string[]): readonly string[] {
  const ids = new Set(slugs.map((slug) => workspace.permissions.bySlug(slug)?.id));
  return slugs.filter((slug) => !ids.has(slug));
}

/** @throws {ApiError} 409 for a slug that exists in another letter case; the server fails with a 500 */
export function refuseSlugVariants(workspace: Workspace, slugs: readonly string[] | undefined): void {
  for (const slug of slugs ?? []) {
    const known = workspace.permissions.bySlug(slug);
    if (known && known.slug !== slug) {
      throw new ApiError(
        'permissionAlreadyExists',
        `The permission '${slug}' already exists as '${known.slug}'.`,
      );
    }
  }
}

/** The permissions with these slugs. Those that do not exist are created. */
export function permissionsBySlug(
  workspace: Workspace,
  slugs: readonly string[] | undefined,
  describe: (slug: string) => string | undefined = () => undefined,
): readonly Permission[] {
  if (!slugs?.length) return NOTHING;
  const permissions = slugs.map(
    (slug) => workspace.permissions.bySlug(slug) ?? workspace.permissions.create(slug, slug, describe(slug)),
  );
  return [...new Set(permissions)];
}
