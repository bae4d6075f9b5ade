import { balanceAt, type Refill } from '../../domain/refill.js';
import { toJson } from '../../json-text.js';
import { heldSlugs, rolesOf } from '../../operations/key-data.js';
import type { Identity, Key, NamedRatelimit } from '../../store/records.js';
import type { Workspace } from '../../store/workspace.js';
import type { IdentityRow, KeyRow, LimitRow } from '../page-state.js';
import { beginning, firstOf, matching } from './list-page.js';

/** The keys that match a search, oldest first. A whole key finds that key. */
export function foundKeys({ keys }: Workspace, search: string, apiId: string): Key[] {
  const exact = search === '' ? undefined : keys.byPlaintext(search.trim());
  const found = exact ? [exact] : matching(keys.all(), search, textsOf);
  return found.filter(({ api }) => !api.deleted && (apiId === '' || api.id === apiId));
}

function textsOf(key: Key): (string | undefined)[] {
  const { start, name, id, identity, api } = key;
  const roles = rolesOf(key).map((role) => role.name);
  return [start, name, id, identity?.externalId, api.name, api.id, ...roles, ...heldSlugs(key)];
}

/** A key as the page shows it. Does not make the refill that is due, but shows the balance after it. */
export function keyRow(key: Key, now: number): KeyRow {
  const balance = balanceAt(key, now);
  return {
    id: key.id,
    start: key.start,
    name: key.name === '' ? undefined : key.name,
    state: stateOf(key, balance, now),
    enabled: key.enabled,
    apiId: key.api.id,
    apiName: key.api.name,
    credits: balance === null ? null : String(balance),
    refill: key.refill && refillText(key.refill),
    expires: key.expires === 0 ? undefined : key.expires,
    createdAt: key.createdAt,
    identity: key.identity?.deleted ? undefined : key.identity?.externalId,
    roles: firstOf(rolesOf(key).map(({ name }) => name)),
    permissions: firstOf([...new Set(heldSlugs(key))].sort()),
    ratelimits: firstOf(key.ratelimits.map(limitRow)),
    meta: key.meta && beginning(toJson(key.meta)),
  };
}

function stateOf(key: Key, balance: bigint | null, now: number): KeyRow['state'] {
  if (!key.enabled) return 'disabled';
  if (key.expires !== undefined && now > key.expires) return 'expired';
  return balance === 0n ? 'no credits' : 'active';
}

function refillText({ amount, interval, refillDay }: Refill): string {
  return `${amount} ${interval}${refillDay === undefined ? '' : `, day ${refillDay}`}`;
}

function limitRow({ name, limit, duration, autoApply }: NamedRatelimit): LimitRow {
  return { name, limit, duration, autoApply };
}

/** An identity as the page shows it. */
export function identityRow(identity: Identity, keys: number): IdentityRow {
  const { id, externalId, ratelimits, meta } = identity;
  return {
    id,
    externalId,
    keys,
    ratelimits: firstOf(ratelimits.map(limitRow)),
    meta: meta && beginning(toJson(meta)),
  };
}
