import type { Meta } from '../domain/meta.js';
import type { Refill } from '../domain/refill.js';
import type { CollatedMap } from './collated-map.js';
import type { SortedList } from './sorted-list.js';

/** An API and the keyspace behind it. */
export interface Api {
  readonly id: string;
  readonly name: string;
  readonly keyspaceId: string;
  readonly defaultPrefix: string | undefined;
  readonly defaultBytes: number;
  /** Addresses that may verify, compared as text; empty: all. */
  readonly ipWhitelist: readonly string[];
  readonly deleteProtection: boolean;
  readonly keys: SortedList<Key>;
  deleted: boolean;
}

/** A named limit of a key or an identity. */
export interface NamedRatelimit {
  readonly id: string;
  readonly name: string;
  readonly limit: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly autoApply: boolean;
}

export interface Identity {
  readonly id: string;
  readonly externalId: string;
  readonly keys: SortedList<Key>;
  meta: Meta | undefined;
  ratelimits: readonly NamedRatelimit[];
  deleted: boolean;
}

export interface Permission {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly description: string | undefined;
  /** Roles and keys keep their reference; whoever reads them passes over what is deleted. */
  deleted: boolean;
}

export interface Role {
  readonly id: string;
  readonly name: string;
  readonly description: string | undefined;
  permissions: readonly Permission[];
  deleted: boolean;
}

/** An API key. The lists are replaced, never changed in place. */
export interface Key {
  readonly id: string;
  readonly api: Api;
  readonly createdAt: number;
  /** Base64 of the SHA-256; of a migrated key the other system's until its first use. */
  hash: string;
  /** The migration that brought a key which was not used since. */
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
  /** Unix ms up to which refills have been carried out. */
  refilledTo: number;
  permissions: readonly Permission[];
  roles: readonly Role[];
  ratelimits: readonly NamedRatelimit[];
  deleted: boolean;
}

/** A namespace of the stand-alone limiter. */
export interface Namespace {
  readonly id: string;
  readonly name: string;
  /** By identifier, literally. */
  readonly overrides: Map<string, Override>;
  /** The same by the database's comparison, by which an identifier is unique. */
  readonly sameIdentifier: CollatedMap<Override>;
  /** Those with `*`, in order of their identifiers: the first that matches wins. */
  patterns: readonly Override[];
  readonly list: SortedList<Override>;
}

export interface Override {
  readonly id: string;
  readonly identifier: string;
  limit: number;
  duration: number;
}

/** How keys of another system are taken over. */
export interface Migration {
  readonly id: string;
  readonly algorithm: 'sha256' | 'seam';
}
