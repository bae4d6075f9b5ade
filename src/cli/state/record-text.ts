import { toJson } from '../../emulator/json-text.js';
import type { RecordKind } from '../../emulator/store/changes.js';
import type { Identity, Key, Namespace, Permission, Role } from '../../emulator/store/records.js';
import type { Workspace } from '../../emulator/store/workspace.js';

/** One record as a line of a state file; without `data` if the record was deleted. */
export function recordText(workspace: Workspace, kind: RecordKind, id: string): string {
  return `${toJson({ kind, id, data: READERS[kind](workspace, id) })}\n`;
}

/** Every record as a line. Records come after those that they refer to. */
export function* allRecords(workspace: Workspace): Iterable<string> {
  const idOf = ({ id }: { readonly id: string }): string => id;
  const ids: readonly [RecordKind, Iterable<string>][] = [
    ['api', Array.from(workspace.apis.all(), idOf)],
    ['permission', Array.from(workspace.permissions.all(), idOf)],
    ['role', Array.from(workspace.roles.all(), idOf)],
    ['identity', Array.from(workspace.identities.all(), idOf)],
    ['key', Array.from(workspace.keys.all(), idOf)],
    ['namespace', Array.from(workspace.namespaces.all(), idOf)],
    ['rootKey', Array.from(workspace.rootKeys.all(), ([text]) => text)],
    ['migration', Array.from(workspace.migrations.all(), idOf)],
    ['counter', Array.from(workspace.counters.all(), ([id]) => id)],
  ];
  for (const [kind, all] of ids) for (const id of all) yield recordText(workspace, kind, id);
}

const READERS: Readonly<Record<RecordKind, (workspace: Workspace, id: string) => object | undefined>> = {
  api({ apis }, id) {
    const api = apis.find(id);
    return api && { ...api, keys: undefined };
  },
  permission: ({ permissions }, id) => withoutDeletedFlag(permissions.byId(id)),
  role({ roles }, id) {
    const role = roles.byId(id);
    return role && { ...withoutDeletedFlag(role), permissions: liveIds(role.permissions) };
  },
  identity({ identities }, id) {
    const identity = identities.byId(id);
    return identity && { ...withoutDeletedFlag(identity), keys: undefined };
  },
  key({ keys }, id) {
    const key = keys.byId(id);
    return key && keyData(key);
  },
  namespace({ namespaces }, id) {
    const namespace = namespaces.byId(id);
    return namespace && namespaceData(namespace);
  },
  rootKey({ rootKeys }, id) {
    const rootKey = rootKeys.find(id);
    if (!rootKey) return undefined;
    const { name, permissions, enabled, expires } = rootKey;
    return { name, permissions, enabled, expires };
  },
  migration: ({ migrations }, id) => migrations.find(id),
  counter: ({ counters }, id) => counters.byId(id),
};

function keyData({ api, identity, ...key }: Key): object {
  return {
    ...key,
    deleted: undefined,
    apiId: api.id,
    identityId: identity?.deleted ? undefined : identity?.id,
    remaining: key.remaining === null ? null : String(key.remaining),
    refill: key.refill && { ...key.refill, amount: String(key.refill.amount) },
    permissions: liveIds(key.permissions),
    roles: liveIds(key.roles),
  };
}

function namespaceData({ id, name, overrides }: Namespace): object {
  return { id, name, overrides: [...overrides.values()] };
}

function liveIds(records: readonly (Permission | Role)[]): string[] {
  return records.filter(({ deleted }) => !deleted).map(({ id }) => id);
}

function withoutDeletedFlag<Row extends Permission | Role | Identity>(
  record: Row | undefined,
): object | undefined {
  return record && { ...record, deleted: undefined };
}
