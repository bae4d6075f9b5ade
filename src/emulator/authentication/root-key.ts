import { covers, parseUrnGrant, type UrnGrant } from './urn-grant.js';

/** The settings of a root key. */
export interface RootKeySettings {
  /** A display name. Default: none. */
  name?: string | undefined;
  /** Tuples such as `api.*.verify_key`, or URN grants. Default: everything. */
  permissions?: readonly string[] | undefined;
  /** Default true. */
  enabled?: boolean | undefined;
  /** Unix ms. Default: never. */
  expires?: number | undefined;
}

/** A root key of the workspace. */
export class RootKey {
  readonly name: string | undefined;
  readonly enabled: boolean;
  readonly expires: number | undefined;
  readonly permissions: readonly string[] | undefined;
  readonly #tuples: ReadonlySet<string>;
  readonly #urns: readonly UrnGrant[];

  constructor({ name, permissions, enabled = true, expires }: RootKeySettings) {
    this.name = name;
    this.enabled = enabled;
    this.expires = expires;
    this.permissions = permissions;
    this.#tuples = new Set(permissions);
    this.#urns = (permissions ?? []).map(parseUrnGrant).filter((grant) => grant !== undefined);
  }

  /** Whether it has a tuple. Tuples are compared as text: `api.*.read_key` is a permission, `api.*` grants nothing. */
  holds(tuple: string): boolean {
    return this.permissions === undefined || this.#tuples.has(tuple);
  }

  /** Whether one of its URN grants covers an action on a resource. */
  covers(resource: string, action: string): boolean {
    return this.permissions === undefined || this.#urns.some((grant) => covers(grant, resource, action));
  }
}
