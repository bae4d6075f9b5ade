import type { ArgumentsHost } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { describe, expect, it } from 'vitest';
import { resolverCall } from './resolver-call.js';

const contextValue = { req: {} };
const host = (...args: unknown[]): ArgumentsHost => new ExecutionContextHost(args);
const field = (fieldName: string, ...keys: (string | number)[]) => ({
  fieldName,
  operation: 'operation',
  path: keys.reduce<object | undefined>((prev, key) => ({ prev, key }), undefined),
});

describe('resolverCall', () => {
  it('of a root field: the third argument is the context, and the info object is its identity', () => {
    const info = field('documents', 'alias');
    expect(resolverCall(host(undefined, {}, contextValue, info))).toEqual({
      contextValue,
      definition: 'operation',
      identity: info,
      rootField: 'alias',
      isRootField: true,
    });
  });

  it('of a nested field: it has the name of the root field', () => {
    const info = field('owner', 'documents', 0, 'owner');
    expect(resolverCall(host({}, {}, contextValue, info))).toMatchObject({
      identity: info,
      rootField: 'documents',
      isRootField: false,
    });
  });

  it.each<[string, (reference: object, info: object) => unknown[]]>([
    ['Apollo, three arguments', (reference, info) => [reference, contextValue, info]],
    ['another library, four arguments', (reference, info) => [reference, {}, contextValue, info]],
  ])('of a reference resolver: the reference is its identity: %s', (_, args) => {
    const reference = { __typename: 'Document', id: '7' };
    const call = resolverCall(host(...args(reference, field('_entities', '_entities'))));
    expect(call.contextValue).toBe(contextValue);
    expect(call.identity).toBe(reference);
  });

  it.each([[[]], [[{}, {}]], [['a', 'b', 'c', 'd']], [[null, null, null, null]]])(
    'without GraphQL arguments: it has no identity: %j',
    (args) => {
      expect(resolverCall(host(...args))).toMatchObject({ identity: undefined, rootField: undefined });
    },
  );
});
