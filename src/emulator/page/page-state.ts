// What the server sends to the script of the page. Imports nothing, because the script is compiled for browsers.

/** The names of the lists that the page shows. */
export type ListName =
  'calls' | 'keys' | 'apis' | 'identities' | 'roles' | 'permissions' | 'namespaces' | 'root-keys';

/** The rows of each list. */
export interface Rows {
  calls: CallRow;
  keys: KeyRow;
  apis: ApiRow;
  identities: IdentityRow;
  roles: RoleRow;
  permissions: PermissionRow;
  namespaces: NamespaceRow;
  'root-keys': RootKeyRow;
}

/** The response of `GET /_emulator/state`. */
export interface PageState<Name extends ListName = ListName> {
  readonly overview: Overview;
  /** The requested list; absent if none was requested. */
  readonly list?: ListPage<Rows[Name]>;
}

/** What every view shows. */
export interface Overview {
  /** The root key of the start. */
  readonly rootKey: string;
  readonly clock: { /** Unix ms. */ readonly now: number; readonly frozen: boolean };
  readonly faults: readonly FaultRow[];
  /** The number of rows of each list. */
  readonly counts: Readonly<Record<ListName, number>>;
  /** The first APIs, for new keys. */
  readonly apis: readonly { readonly id: string; readonly name: string }[];
}

/** One page of a list. */
export interface ListPage<Row> {
  readonly rows: readonly Row[];
  /** The number of rows that match the search. */
  readonly total: number;
  /** The index of the first row of this page. */
  readonly offset: number;
  /** The maximum number of rows in a page. */
  readonly size: number;
  /** Only for calls: the id of the newest call, to keep older pages in place while new calls arrive. */
  readonly newest?: number;
}

/** How a call ended: successful, rejected, or failed by a fault or an error of the server. */
export type Tone = 'ok' | 'rejected' | 'failed';

/** A call in the list. */
export interface CallRow {
  readonly id: number;
  /** Unix ms. */
  readonly at: number;
  readonly operation: string;
  readonly status?: number | undefined;
  /** The code of a verification, or the end of an error's type. */
  readonly code: string;
  readonly tone: Tone;
  /** The start of the key in the request, or another name of what the call was about. */
  readonly subject: string;
  /** Why the call was rejected, as a sentence. */
  readonly reason: string;
  readonly ms: number;
}

/** The response of `GET /_emulator/calls/<id>`. Keys are shortened in all texts. */
export interface CallDetails extends CallRow {
  readonly rootKey: string;
  readonly request: string;
  readonly answer: string;
  /** A command that repeats the call. Absent if the body is too long or nested too deep. */
  readonly curl?: string | undefined;
}

/** A key. */
export interface KeyRow {
  readonly id: string;
  readonly start: string;
  readonly name?: string | undefined;
  readonly state: 'active' | 'disabled' | 'expired' | 'no credits';
  readonly enabled: boolean;
  readonly apiId: string;
  readonly apiName: string;
  /** Digits; `null`: unlimited. */
  readonly credits: string | null;
  readonly refill?: string | undefined;
  /** Unix ms. */
  readonly expires?: number | undefined;
  /** Unix ms. */
  readonly createdAt: number;
  /** An external id. */
  readonly identity?: string | undefined;
  readonly roles: readonly string[];
  /** Its own permissions and those of its roles. */
  readonly permissions: readonly string[];
  readonly ratelimits: readonly LimitRow[];
  /** The beginning of its JSON. */
  readonly meta?: string | undefined;
}

/** A named limit of a key or an identity. */
export interface LimitRow {
  readonly name: string;
  readonly limit: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly autoApply: boolean;
}

/** An API. */
export interface ApiRow {
  readonly id: string;
  readonly name: string;
  readonly keyspaceId: string;
  readonly keys: number;
  readonly deleteProtection: boolean;
  readonly ipWhitelist: readonly string[];
}

/** An identity. */
export interface IdentityRow {
  readonly id: string;
  readonly externalId: string;
  readonly keys: number;
  readonly ratelimits: readonly LimitRow[];
  /** The beginning of its JSON. */
  readonly meta?: string | undefined;
}

/** A role. */
export interface RoleRow {
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly permissions: readonly string[];
}

/** A permission. */
export interface PermissionRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description?: string | undefined;
}

/** A namespace of `ratelimit.limit`. */
export interface NamespaceRow {
  readonly id: string;
  readonly name: string;
  readonly overrides: readonly OverrideRow[];
  /** The number of all overrides, of which `overrides` has the first. */
  readonly overrideCount: number;
}

/** An override. */
export interface OverrideRow {
  readonly identifier: string;
  readonly limit: number;
  /** Milliseconds. */
  readonly duration: number;
}

/** A root key. */
export interface RootKeyRow {
  readonly id: string;
  readonly start: string;
  readonly name?: string | undefined;
  /** Absent: everything. */
  readonly permissions?: readonly string[] | undefined;
  readonly state: 'active' | 'disabled' | 'expired';
  /** Unix ms. */
  readonly expires?: number | undefined;
  /** Whether it is the root key of the start. */
  readonly ofStart: boolean;
}

/** A planned fault. */
export interface FaultRow {
  readonly id: number;
  /** For example `status 500`. */
  readonly fault: string;
  /** Absent: every operation. */
  readonly operation?: string | undefined;
  /** How many more requests it hits. Absent: all, until it is cleared. */
  readonly left?: number | undefined;
}
