import { demand, onApi } from '../authentication/demand.js';
import type { Key } from '../store/records.js';
import { findKey } from './find-key.js';
import { issueKey } from './key-material.js';
import { operation } from './operation.js';

const MINUTE = 60_000;

export const rerollKey = operation('keys.rerollKey', (body, context) => {
  const { workspace, rootKey, now } = context;
  const old = findKey(body.keyId, context);
  const { api } = old;
  const keyspace = { resource: `keyspaces/${api.keyspaceId}`, action: 'create_key' };
  demand(rootKey, { anyOf: [onApi(api, 'create_key'), keyspace] });
  const material = issueKey(workspace.random, prefixOf(old) ?? api.defaultPrefix, api.defaultBytes);
  const key: Key = {
    ...old,
    id: workspace.random.id('key'),
    createdAt: now,
    hash: material.hash,
    pendingMigration: undefined,
    start: material.start,
    updatedAt: undefined,
    identity: old.identity?.deleted ? undefined : old.identity,
    refilledTo: now,
    ratelimits: old.ratelimits.map((limit) => ({ ...limit, id: workspace.random.id('rl') })),
  };
  workspace.keys.add(key);
  old.expires = expiryOf(body.expiration, now);
  old.updatedAt = undefined;
  workspace.keys.changed(old);
  return { data: { key: material.key, keyId: key.id } };
});

/** The text before the first `_`. A prefix that contains `_` is cut there, as on the server. */
function prefixOf({ start }: Key): string | undefined {
  const end = start.indexOf('_');
  return end === -1 ? undefined : start.slice(0, end);
}

/** Rounds up to a full minute. Zero means immediately, also if the clock is frozen. */
function expiryOf(expiration: number, now: number): number {
  return expiration === 0 ? now - 1 : Math.ceil((now + expiration) / MINUTE) * MINUTE;
}
