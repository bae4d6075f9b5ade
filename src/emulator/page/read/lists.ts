import type { RootKey } from '../../authentication/root-key.js';
import { permissionsOf } from '../../operations/key-data.js';
import type { Api, Namespace, Permission, Role } from '../../store/records.js';
import { shortenedKey } from '../../transport/call-summary.js';
import type {
  ApiRow,
  ListName,
  ListPage,
  NamespaceRow,
  PermissionRow,
  RoleRow,
  RootKeyRow,
  Rows,
} from '../page-state.js';
import type { PageParts } from '../page-parts.js';
import { callPage } from './call-page.js';
import { foundKeys, identityRow, keyRow } from './key-rows.js';
import { firstOf, listPage, matching } from './list-page.js';

/** What the page requests of a list. */
export interface ListQuery {
  readonly search: string;
  readonly offset: number;
  /** Only for keys: those of one API. */
  readonly apiId: string;
  /** Only for calls: those that were rejected or failed. */
  readonly rejected: boolean;
  /** Only for calls: those up to this id. */
  readonly newest: number | undefined;
}

type Lists = { readonly [Name in ListName]: (query: ListQuery, parts: PageParts) => ListPage<Rows[Name]> };

/** The lists of the page, each with its search. */
export const LISTS: Lists = {
  calls: callPage,
  keys({ search, apiId, offset }, { emulator: { workspace, clock } }) {
    return listPage(foundKeys(workspace, search, apiId), offset, (key) => keyRow(key, clock.now()));
  },
  apis({ search, offset }, { emulator: { workspace } }) {
    const live = [...workspace.apis.all()].filter(({ deleted }) => !deleted);
    return listPage(
      matching(live, search, ({ id, name, keyspaceId }) => [id, name, keyspaceId]),
      offset,
      apiRow,
    );
  },
  identities({ search, offset }, { emulator: { workspace } }) {
    const found = matching(workspace.identities.all(), search, ({ id, externalId }) => [id, externalId]);
    return listPage(found, offset, (identity) => identityRow(identity, identity.keys.size));
  },
  roles({ search, offset }, { emulator: { workspace } }) {
    const texts = ({ id, name, description, permissions }: Role) => [
      id,
      name,
      description,
      ...permissions.map(({ slug }) => slug),
    ];
    return listPage(matching(workspace.roles.all(), search, texts), offset, roleRow);
  },
  permissions({ search, offset }, { emulator: { workspace } }) {
    const texts = ({ id, slug, name, description }: Permission) => [id, slug, name, description];
    return listPage(matching(workspace.permissions.all(), search, texts), offset, permissionRow);
  },
  namespaces({ search, offset }, { emulator: { workspace } }) {
    const texts = ({ id, name, overrides }: Namespace) => [id, name, ...overrides.keys()];
    return listPage(matching(workspace.namespaces.all(), search, texts), offset, namespaceRow);
  },
  'root-keys'({ search, offset }, { emulator: { workspace, rootKey, clock } }) {
    const texts = ([text, { name, permissions = [] }]: readonly [string, RootKey]) => [
      name,
      shortenedKey(text),
      ...permissions,
    ];
    const all = [...workspace.rootKeys.all()].map((entry, index) => ({ entry, index }));
    const found = matching(all, search, ({ entry }) => texts(entry));
    return listPage(found, offset, ({ entry: [text, key], index }) =>
      rootKeyRow(`root-${index}`, text, key, text === rootKey, clock.now()),
    );
  },
};

function apiRow({ id, name, keyspaceId, keys, deleteProtection, ipWhitelist }: Api): ApiRow {
  return { id, name, keyspaceId, keys: keys.size, deleteProtection, ipWhitelist: firstOf(ipWhitelist) };
}

function roleRow(role: Role): RoleRow {
  const { id, name, description } = role;
  return { id, name, description, permissions: firstOf(permissionsOf(role).map(({ slug }) => slug)) };
}

function permissionRow({ id, slug, name, description }: Permission): PermissionRow {
  return { id, slug, name, description };
}

function namespaceRow({ id, name, overrides }: Namespace): NamespaceRow {
  const rows = [...overrides.values()].map(({ identifier, limit, duration }) => ({
    identifier,
    limit,
    duration,
  }));
  return { id, name, overrides: firstOf(rows), overrideCount: rows.length };
}

function rootKeyRow(id: string, text: string, key: RootKey, ofStart: boolean, now: number): RootKeyRow {
  const { name, permissions, enabled, expires } = key;
  const expired = expires !== undefined && now > expires;
  return {
    id,
    start: shortenedKey(text),
    name,
    permissions: permissions && firstOf(permissions),
    state: !enabled ? 'disabled' : expired ? 'expired' : 'active',
    expires,
    ofStart,
  };
}
