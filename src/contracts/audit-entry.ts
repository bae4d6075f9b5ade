/** Whether a handler requires a key; see {@link AuditEntry.access}. */
export type AuditAccess = 'protected' | 'optional' | 'public' | 'skipped' | 'unguarded';

/** What decides about a handler; see {@link AuditEntry.by}. */
export type AuditDecider =
  | 'handler'
  | 'class'
  | 'option public'
  | 'option publicMetadata'
  | 'option exclude'
  | 'option skipTransports'
  | 'handler guard'
  | 'class guard'
  | 'global guard'
  | 'root field';

/** What is wrong with a handler; see {@link AuditEntry.problem}. */
export type AuditProblem =
  | 'gateway'
  | 'hybrid-rpc'
  | 'request-scoped'
  | 'no-guard'
  | 'field-resolver'
  | 'reference-resolver'
  | 'lost-decorators'
  | 'inherited-public'
  | 'unenforced-demands'
  | 'guard-order'
  | 'no-guard-in-app';

/** What a handler requires of a key; see {@link AuditEntry.demands}. */
export interface AuditDemands {
  /** The permissions as one query, in Unkey's query language. */
  permissions?: string;
  /** What a call costs; `'computed'` if a function of the request decides. */
  credits?: number | 'computed';
  /** The names of the rate limits that a call counts against. */
  ratelimits?: string[];
}

/** How one handler is protected. A handler with several routes or patterns has an entry for each. */
export interface AuditEntry {
  /** Class and method: `'DocumentsController.list'`. */
  handler: string;
  /** The module that declares the class: `'DocumentsModule'`. */
  module: string;
  transport: 'http' | 'graphql' | 'ws' | 'rpc';
  /**
   * What a caller calls: `'GET /documents/:id'` with global prefix and URI version, `'Query.documents'`,
   * `'Document.owner'`, `'Document.__resolveReference'`, `'message chat'`, `'pattern {"cmd":"sum"}'`, `'event created'`
   * or `'grpc Hero.FindOne'`.
   */
  pattern: string;
  /**
   * `'protected'`: a guard requires a key. `'optional'`: a guard checks a key if one is sent. `'public'`: no key is
   * required. `'skipped'`: the option `skipTransports` lists this transport. `'unguarded'`: no guard of this module
   * runs.
   */
  access: AuditAccess;
  /** What decides that: the nearest guard, the decorator or the option. Absent for `'unguarded'`. */
  by?: AuditDecider;
  /**
   * The name in `@UseUnkey()`: the instance that verifies the key. Absent for the one without a name. Not enumerable,
   * so it is neither compared nor written as JSON.
   */
  instance?: string;
  /** What the handler, its class and the option `permissions` require. Absent if they require nothing. */
  demands?: AuditDemands;
  /** What is wrong, as a fixed word that scripts can compare. Absent if there is no problem. */
  problem?: AuditProblem;
  /** Why that is a problem, in one sentence. */
  reason?: string;
  /** How to fix it, in one sentence. */
  cure?: string;
}
