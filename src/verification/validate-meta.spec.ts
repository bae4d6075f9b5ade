import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { validateMeta } from './validate-meta.js';

const schema = (result: unknown) => ({
  '~standard': { version: 1 as const, vendor: 'test', validate: () => result as never },
});

describe('validateMeta', () => {
  it('returns the output synchronously if the schema does', () => {
    expect(validateMeta(schema({ value: 7 }), {})).toEqual({ value: 7 });
  });

  it('waits for a promise, also one of another realm', async () => {
    const promise: unknown = runInNewContext('Promise.resolve({ value: 7 })');
    expect(promise).not.toBeInstanceOf(Promise);
    expect(await validateMeta(schema(promise), {})).toEqual({ value: 7 });
  });

  it.each<[string, unknown, string[]]>([
    ['names', ['a', 'b'], ['a.b']],
    ['objects with a key', [{ key: 'a' }, { key: 0 }], ['a.0']],
    ['symbols', [Symbol('a')], ['Symbol(a)']],
    ['no path', undefined, []],
    ['an empty path', [], []],
    ['a long path', ['x'.repeat(500)], [`${'x'.repeat(100)}…`]],
  ])('tells where: %s', (_, path, paths) => {
    expect(validateMeta(schema({ issues: [{ message: 'got a secret', path }] }), {})).toEqual({ paths });
  });

  it('names at most ten paths, each once', () => {
    const issues = Array.from({ length: 100 }, (_, at) => ({ message: '', path: [Math.floor(at / 2)] }));
    expect(validateMeta(schema({ issues }), {})).toEqual({ paths: ['0', '1', '2', '3', '4'] });
  });

  it('accepts the output undefined, but not a result without a value', () => {
    expect(validateMeta(schema({ value: undefined }), {})).toEqual({ value: undefined });
    expect(validateMeta(schema({}), {})).toMatchObject({ paths: [] });
  });
});
