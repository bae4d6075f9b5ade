import type { ExecutionContext } from '@nestjs/common';
import type { AuditEntry } from '../../contracts/audit-entry.js';
import type { Class, NestModule } from '../nest-containers.js';

/** A method that callers reach, with one of its patterns. */
export interface FoundHandler {
  readonly module: NestModule;
  readonly controller: Class;
  /** The method's name. */
  readonly name: string;
  readonly method: Method;
  readonly transport: AuditEntry['transport'];
  /** As {@link AuditEntry.pattern}. */
  readonly pattern: string;
  /** The route's path without its HTTP method, for the option `exclude`. */
  readonly path?: string | undefined;
  /** GraphQL: a field of `Query`, `Mutation` or `Subscription`; a field below; or a federated reference. */
  readonly resolves?: 'root' | 'field' | 'reference' | undefined;
  /** Whether Nest instantiates the class once, not per request. */
  readonly isStatic: boolean;
}

export type Method = ReturnType<ExecutionContext['getHandler']>;

/** The endpoints of one method of a class whose own metadata has been read; empty if callers do not reach it. */
export type EndpointsOf = (name: string, method: Method) => Endpoint[];

/** What a handler of one transport adds to what is known of its class. */
export type Endpoint = Pick<FoundHandler, 'transport' | 'pattern' | 'path' | 'resolves'>;
