import { storedMeta } from '../../emulator/domain/meta.js';
import type { RecordKind } from '../../emulator/store/changes.js';
import { SortedList } from '../../emulator/store/sorted-list.js';
import type { Workspace } from '../../emulator/store/workspace.js';
import type { RecordDocuments } from '../documents.js';
import { validators } from '../documents.generated.js';
import type { StoredRecords } from './stored-records.js';

/** The latest version of each record in a state file, by kind and id. */
export type Records = ReadonlyMap<RecordKind, ReadonlyMap<string, unknown>>;

const RECORDS: RecordDocuments = validators;

/** Fills an empty workspace. References to missing records are dropped. */
export function restoreRecords(records: Records, workspace: Workspace): void {
  const { apis, permissions, roles, identities, namespaces, rootKeys, migrations, counters } = workspace;
  const present = <Item>(item: Item | undefined): item is Item => item !== undefined;
  const permissionsOf = (ids: readonly string[]) => ids.map((id) => permissions.byId(id)).filter(present);

  each('api', (_, api) => apis.add({ ...api, defaultPrefix: api.defaultPrefix, keys: new SortedList() }));
  each('permission', (_, one) => permissions.add({ ...one, description: one.description, deleted: false }));
  each('role', (_, role) => {
    roles.add({
      ...role,
      description: role.description,
      permissions: permissionsOf(role.permissions),
      deleted: false,
    });
  });
  each('identity', (_, identity) => {
    const meta = identity.meta && storedMeta(identity.meta, false).meta;
    identities.add({ ...identity, meta, keys: new SortedList(), deleted: false });
  });
  each('key', (_, stored) => restoreKey(stored, workspace));
  each('namespace', (_, { id, name, overrides }) => {
    const namespace = namespaces.add(id, name);
    for (const override of overrides) namespaces.addOverride(namespace, { ...override });
  });
  each('rootKey', (text, settings) => rootKeys.add(text, settings));
  each('migration', (_, migration) => migrations.add(migration));
  each('counter', (id, counter) => counters.restore(id, counter));

  function each<Kind extends RecordKind>(
    kind: Kind,
    restore: (id: string, data: StoredRecords[Kind]) => void,
  ): void {
    const isValid = RECORDS[kind];
    for (const [id, data] of records.get(kind) ?? []) {
      if (!isValid(data)) throw new Error(`the record '${id}' of kind '${kind}' is malformed`);
      restore(id, data);
    }
  }
}

function restoreKey(
  stored: StoredRecords['key'],
  { apis, identities, keys, permissions, roles }: Workspace,
): void {
  const { apiId, identityId, refill, ...key } = stored;
  const api = apis.find(apiId);
  if (!api) return;
  keys.add({
    ...key,
    api,
    name: key.name,
    pendingMigration: key.pendingMigration,
    meta: key.meta && storedMeta(key.meta, true).meta,
    identity: identityId === undefined ? undefined : identities.byId(identityId),
    expires: key.expires,
    updatedAt: key.updatedAt,
    remaining: key.remaining === null ? null : BigInt(key.remaining),
    refill: refill && { ...refill, amount: BigInt(refill.amount), refillDay: refill.refillDay },
    permissions: key.permissions.map((id) => permissions.byId(id)).filter((one) => one !== undefined),
    roles: key.roles.map((id) => roles.byId(id)).filter((one) => one !== undefined),
    deleted: false,
  });
}
