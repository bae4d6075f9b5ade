import 'reflect-metadata';
import type { Class } from '../nest-containers.js';
import type { Endpoint, FoundHandler, Method } from './found-handler.js';

const ROOT_TYPES: ReadonlySet<unknown> = new Set(['Query', 'Mutation', 'Subscription']);

/** The field or reference that a provider's method resolves; empty if it resolves none. */
export function graphqlEndpoints(resolver: Class, name: string, method: Method): Endpoint[] {
  const of = (key: string): unknown => Reflect.getMetadata(`graphql:${key}`, method);
  const type: unknown = of('resolver_type') ?? Reflect.getMetadata('graphql:resolver_type', resolver);
  if (typeof type !== 'string') return [];
  const resolves = kindOf(type, of);
  if (resolves === undefined) return [];
  const named = of('resolver_name');
  const field = typeof named === 'string' ? named : name;
  const pattern = `${type}.${resolves === 'reference' ? '__resolveReference' : field}`;
  return [{ transport: 'graphql', pattern, resolves }];
}

function kindOf(type: string, of: (key: string) => unknown): FoundHandler['resolves'] {
  if (of('resolve_reference') === true) return 'reference';
  if (ROOT_TYPES.has(type)) return 'root';
  return of('resolve_property') === true ? 'field' : undefined;
}
