import type { CreateKeyCredits, CreateKeyRatelimit } from '../create-key-directly.js';

/**
 * What `nestjs-unkey dev --seed keys.json` reads: the workspace to begin with, all parts optional.
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
  /** Root keys besides the one that is printed. */
  rootKeys?: SeedRootKey[];
  permissions?: SeedPermission[];
  roles?: SeedRole[];
  identities?: SeedIdentity[];
  apis?: SeedApi[];
  /** Keys of an API that is made for them. */
  keys?: SeedKey[];
  /** Namespaces of the stand-alone limiter. */
  namespaces?: SeedNamespace[];
  /** Migrations that `keys.migrateKeys` and `keys.verifyKey` may name. */
  migrations?: { id: string; algorithm: 'sha256' | 'seam' }[];
}

export interface SeedRootKey {
  /** What callers send as `Authorization: Bearer`. */
  key: string;
  /** Tuples such as `api.*.verify_key`, or URN grants; without the list: everything. */
  permissions?: string[];
  /** Default true. */
  enabled?: boolean;
  /** Unix ms. */
  expires?: number;
}

export interface SeedPermission {
  slug: string;
  /** Default: the slug. */
  name?: string;
  description?: string;
}

export interface SeedRole {
  name: string;
  description?: string;
  /** Slugs; those that do not exist are made. */
  permissions?: string[];
}

export interface SeedIdentity {
  externalId: string;
  meta?: Record<string, unknown>;
  /** Limits that all keys of the identity share. */
  ratelimits?: CreateKeyRatelimit[];
}

export interface SeedApi {
  /** Default: a random one. */
  id?: string;
  name: string;
  /** Only with `--keyspaces`. Default: a random one. */
  keyspaceId?: string;
  /** Prefix of keys that are made without one. */
  defaultPrefix?: string;
  /** Random bytes of keys that are made without saying; default 16. */
  defaultBytes?: number;
  /** Addresses that may use its keys, compared as text; default: all. */
  ipWhitelist?: string[];
  /** Whether `apis.deleteApi` is refused; default false. */
  deleteProtection?: boolean;
  keys?: SeedKey[];
}

export interface SeedKey {
  /** The key itself, as callers send it. */
  key: string;
  name?: string;
  /** Links it to this identity, which is made if the file has none. */
  externalId?: string;
  meta?: Record<string, unknown>;
  /** Names of roles of the file. */
  roles?: string[];
  /** Slugs; those that do not exist are made. */
  permissions?: string[];
  /** Unix ms. */
  expires?: number;
  /** Default: unlimited. */
  credits?: CreateKeyCredits;
  ratelimits?: CreateKeyRatelimit[];
  /** Default true. */
  enabled?: boolean;
}

export interface SeedNamespace {
  name: string;
  /** `duration` in ms; `*` in an identifier stands for any text. */
  overrides?: { identifier: string; limit: number; duration: number }[];
}
