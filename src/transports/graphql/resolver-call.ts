import type { ArgumentsHost } from '@nestjs/common';
import { property } from '../property.js';

/** One call of a resolver, read from its GraphQL arguments. */
export interface ResolverCall {
  /** GraphQL's context value, one object per operation. */
  readonly contextValue: unknown;
  /** The operation's node in the parsed document. Two operations can share it, because documents are cached. */
  readonly definition: unknown;
  /** An object that is unique to this call and the same for its guards, interceptors, filters and param decorators. */
  readonly identity: object | undefined;
  /** The response name (the alias, if there is one) of the root field that this call belongs to. */
  readonly rootField: unknown;
  /** Whether this call resolves the root field itself. */
  readonly isRootField: boolean;
}

/**
 * Resolvers get `[source, args, context, info]`. Reference resolvers of a federated schema get
 * `[reference, context, info]` from Apollo.
 */
export function resolverCall(host: ArgumentsHost): ResolverCall {
  const args: readonly unknown[] = host.getArgs();
  const [contextValue, info] = args.length === 3 ? [args[1], args[2]] : [args[2], args[3]];
  const path = property(info, 'path');
  // All reference resolvers of one `_entities` field get the same info object, but different references.
  const isReference = property(info, 'fieldName') === '_entities';
  return {
    contextValue,
    definition: property(info, 'operation'),
    identity: objectOr(isReference ? args[0] : info),
    rootField: property(rootOf(path), 'key'),
    isRootField: property(path, 'prev') === undefined,
  };
}

function rootOf(path: unknown): unknown {
  let root = path;
  for (let above = property(root, 'prev'); above !== undefined; above = property(root, 'prev')) root = above;
  return root;
}

function objectOr(value: unknown): object | undefined {
  return typeof value === 'object' && value !== null ? value : undefined;
}
