import type { Meta } from '../domain/meta.js';
import type { Refill } from '../domain/refill.js';
import type { CollatedMap } from './collated-map.js';
import type { SortedList } from './sorted-list.js';

/** An API and its keyspace. */
export interface Api {
  readonly id: string;
  readonly name: string;
  readonly keyspaceId: string;
  readonly defaultPrefix: string | undefined;
  readonly defaultBytes: number;
  /** Client addresses that may use its keys, compared as text. Empty: all. */
  readonly ipWhitelist: readonly string[];
  readonly deleteProtection: boolean;
  readonly keys: SortedList<Key>;
  deleted: boolean;
}

/** A named rate limit of a key or an identity. */
export interface NamedRatelimit {
  readonly id: string;
  readonly name: string;
  readonly limit: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly autoApply: boolean;
}

/** An identity: the user or team that keys belong to. */
export interface Identity {
  readonly id: string;
  readonly externalId: string;
  readonly keys: SortedList<Key>;
  meta: Meta | undefined;
  ratelimits: readonly NamedRatelimit[];
  deleted: boolean;
}

/** A permission of the workspace. */
export interface Permission {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly description: string | undefined;
  /** Roles and keys keep references to deleted permissions, so readers must skip them. */
  deleted: boolean;
}

/** A role: a named list of permissions. */
export interface Role {
  readonly id: string;
  readonly name: string;
  readonly description: string | undefined;
  permissions: readonly Permission[];
  deleted: boolean;
}

/** An API key. Its lists are replaced, never changed in place. */
export interface Key {
  readonly id: string;
  readonly api: Api;
  readonly createdAt: number;
  /** Base64 of the SHA-256. Of a migrated key, the other system's hash until the first use. */
  hash: string;
  /** The migration that imported the key, until the key's first use. */
  pendingMigration: string | undefined;
  /** The prefix and the first four characters of the secret; empty for a migrated key. */
  start: string;
  name: string | undefined;
  meta: Meta | undefined;
  identity: Identity | undefined;
  /** Unix ms. */
  expires: number | undefined;
  enabled: boolean;
  updatedAt: number | undefined;
  /** `null`: unlimited. */
  remaining: bigint | null;
  refill: Refill | undefined;
  /** Unix ms up to which refills have been made. */
  refilledTo: number;
  permissions: readonly Permission[];
  roles: readonly Role[];
  ratelimits: readonly NamedRatelimit[];
  deleted: boolean;
}

/** A namespace of the standalone limiter. */
export interface Namespace {
  readonly id: string;
  readonly name: string;
  /** By the exact identifier. */
  readonly overrides: Map<string, Override>;
  /** The same overrides, compared by the database's collation, which makes identifiers unique. */
  readonly sameIdentifier: CollatedMap<Override>;
  /** Overrides with `*`, sorted by identifier: the first match applies. */
  patterns: readonly Override[];
  readonly list: SortedList<Override>;
}

/** An override: the limit for certain identifiers of a namespace. */
export interface Override {
  readonly id: string;
  readonly identifier: string;
  limit: number;
  /** Milliseconds. */
  duration: number;
}

/** A migration: how keys of another system are imported. */
export interface Migration {
  readonly id: string;
  readonly algorithm: 'sha256' | 'seam';
}
