import 'reflect-metadata';
import type { Class } from '../nest-containers.js';
import type { EndpointsOf, FoundHandler } from './found-handler.js';

const ROOT_TYPES: ReadonlySet<unknown> = new Set(['Query', 'Mutation', 'Subscription']);

/** The field or reference that each method of a provider resolves. */
export function graphqlEndpoints(resolver: Class): EndpointsOf {
  const typeOfClass: unknown = Reflect.getMetadata('graphql:resolver_type', resolver);
  return (name, method) => {
    const of = (key: string): unknown => Reflect.getMetadata(`graphql:${key}`, method);
    const type: unknown = of('resolver_type') ?? typeOfClass;
    if (typeof type !== 'string') return [];
    const resolves = kindOf(type, of);
    if (resolves === undefined) return [];
    const named = of('resolver_name');
    const field = typeof named === 'string' ? named : name;
    const pattern = `${type}.${resolves === 'reference' ? '__resolveReference' : field}`;
    return [{ transport: 'graphql', pattern, resolves }];
  };
}

function kindOf(type: string, of: (key: string) => unknown): FoundHandler['resolves'] {
  if (of('resolve_reference') === true) return 'reference';
  if (ROOT_TYPES.has(type)) return 'root';
  return of('resolve_property') === true ? 'field' : undefined;
}
