import type { CreateKeyCredits, CreateKeyRatelimit } from '../create-key-directly.js';

/**
 * The JSON file that `nestjs-unkey dev --seed keys.json` reads: what the workspace holds at the start. All members are
 * optional.
 *
 * @example
 * {
 *   "roles": [{ "name": "reader", "permissions": ["documents.read"] }],
 *   "apis": [{ "name": "shop", "keys": [{ "key": "shop_alice", "roles": ["reader"], "credits": { "remaining": 100 } }] }]
 * }
 */
export interface SeedFile {
  /** For editors; not read. */
  $schema?: string;
  /** Root keys in addition to the one of the start. All of them are printed. */
  rootKeys?: SeedRootKey[];
  /** Permissions that need a name or description of their own; others are created where they are used. */
  permissions?: SeedPermission[];
  /** Roles, for the keys of this file. */
  roles?: SeedRole[];
  /** Identities with metadata or limits of their own; others are created where they are used. */
  identities?: SeedIdentity[];
  /** APIs and their keys. */
  apis?: SeedApi[];
  /** Keys that belong to no API of this file; the emulator creates one API for them. */
  keys?: SeedKey[];
  /** Namespaces of `ratelimit.limit`, for their overrides. */
  namespaces?: SeedNamespace[];
  /** Migrations that `keys.migrateKeys` and `keys.verifyKey` may name. */
  migrations?: { id: string; algorithm: 'sha256' | 'seam' }[];
}

/** A root key: what a server sends to Unkey as `Authorization: Bearer`. */
export interface SeedRootKey {
  /** The root key itself, printable ASCII without blanks. */
  key: string;
  /** A display name. Default: none. */
  name?: string;
  /** Tuples such as `api.*.verify_key`, or URN grants. Default: everything; an empty list grants nothing. */
  permissions?: string[];
  /** Default true. A disabled root key is answered 403. */
  enabled?: boolean;
  /** Unix ms after which the root key is answered 403. Default: never. */
  expires?: number;
}

/** A permission of the workspace. */
export interface SeedPermission {
  /** What keys and roles list, for example `documents.read`: 1 to 128 of `a-z A-Z 0-9 _ : - . *`. */
  slug: string;
  /** The display name. Default: the slug. */
  name?: string;
  /** At most 512 characters. */
  description?: string;
}

/** A role: a named list of permissions that keys can have. */
export interface SeedRole {
  /** 1 to 128 characters, unique without regard to letter case and accents. */
  name: string;
  /** At most 512 characters. */
  description?: string;
  /** Slugs. Those that do not exist are created. */
  permissions?: string[];
}

/** An identity: the user or team that keys belong to. */
export interface SeedIdentity {
  /** Your own id of the user or team: 1 to 255 of `a-z A-Z 0-9 _ . -`. */
  externalId: string;
  /** Any JSON object with at most 100 members. */
  meta?: Record<string, unknown>;
  /** Limits that all keys of the identity share. */
  ratelimits?: CreateKeyRatelimit[];
}

/** An API: keys are created in it, and a root key may be limited to it. */
export interface SeedApi {
  /** 8 to 255 of `a-z A-Z 0-9 _`. Default: a random id. */
  id?: string;
  /** 3 to 256 characters; need not be unique. */
  name: string;
  /** The id of its keyspace, only with `--keyspaces`. Default: a random id. */
  keyspaceId?: string;
  /** Prefix of keys that `keys.createKey` creates without one. Default: none. */
  defaultPrefix?: string;
  /** Random bytes of the secret of such keys, 16 to 255. Default 16. */
  defaultBytes?: number;
  /** Client addresses that may use its keys, compared as text: no ranges. Default: all. */
  ipWhitelist?: string[];
  /** Whether `apis.deleteApi` is rejected with 412. Default false. */
  deleteProtection?: boolean;
  keys?: SeedKey[];
}

/** An API key. */
export interface SeedKey {
  /** The key itself, as callers send it: 1 to 512 characters. */
  key: string;
  /** The display name. */
  name?: string;
  /** Links the key to the identity with this external id, which is created if the file has none. */
  externalId?: string;
  /** Any JSON object with at most 100 members. */
  meta?: Record<string, unknown>;
  /** Names of roles of this file. */
  roles?: string[];
  /** Slugs. Those that do not exist are created. */
  permissions?: string[];
  /** Unix ms. Default: never. */
  expires?: number;
  /** How often it may be used, and its refill. Default: unlimited. */
  credits?: CreateKeyCredits;
  /** Limits of only this key. */
  ratelimits?: CreateKeyRatelimit[];
  /** Default true. */
  enabled?: boolean;
}

/** A namespace of `ratelimit.limit` and its overrides. */
export interface SeedNamespace {
  /** 1 to 512 characters. */
  name: string;
  /** Limits for certain identifiers in place of those of the request. `duration` in ms; `*` matches any text. */
  overrides?: { identifier: string; limit: number; duration: number }[];
}
