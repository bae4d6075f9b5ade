import { describe, expect, test } from 'vitest';
import { errorType } from './support/client.js';
import { useFreshEmulator } from './support/emulator.js';

const emulator = useFreshEmulator();

describe('permission queries: names are compared exactly, AND binds tighter than OR', () => {
  test.for<[query: string, held: string[], allowed: boolean]>([
    ['documents.read', ['documents.read'], true],
    ['documents.read', ['documents.*'], false],
    ['documents.read', ['*'], false],
    ['documents.*', ['documents.read'], false],
    ['documents.*', ['documents.*'], true],
    ['Documents.Read', ['documents.read'], false],
    ['a OR b AND c', ['a'], true],
    ['a OR b AND c', ['b'], false],
    ['(a OR b) AND c', ['a'], false],
    ['a and\t\r\nb', ['a', 'b'], true],
    ['((((a))))', ['a'], true],
    [`${'('.repeat(499)}a${')'.repeat(499)}`, ['a'], true],
    ['ANDROID OR or.x', ['ANDROID'], true],
    ['a.b-c_d:e', ['a.b-c_d:e'], true],
    ['a/b', ['a'], false],
    ['a\u0000 AND b', ['a'], true],
  ])('%j with permissions %j → %s', async ([permissions, held, allowed]) => {
    const { key } = await emulator.unkey.createKey({ permissions: held });
    const { code } = await emulator.client.data('keys.verifyKey', { key, permissions });
    expect(code).toBe(allowed ? 'VALID' : 'INSUFFICIENT_PERMISSIONS');
  });
});

describe('an invalid permission query is rejected in every state of the key', () => {
  test.for<[query: string, detail: 'a sentence' | 'empty']>([
    ['   ', 'a sentence'],
    ['\u0000a', 'a sentence'],
    ['a AND', 'a sentence'],
    ['AND a', 'a sentence'],
    ['and', 'a sentence'],
    ['a AND AND b', 'a sentence'],
    ['(a AND)', 'a sentence'],
    ['a AND or', 'a sentence'],
    ['a b', 'a sentence'],
    ['a)', 'a sentence'],
    ['NOT a', 'a sentence'],
    ['()', 'a sentence'],
    ['a OR ( )', 'a sentence'],
    ['(a', 'a sentence'],
    ['(a & b)', 'a sentence'],
    ['(a b)', 'a sentence'],
    ['a & b', 'a sentence'],
    ['a, b', 'a sentence'],
    ['a || b', 'a sentence'],
    ['é', 'a sentence'],
    ['"a b"', 'empty'],
    ["'a'", 'empty'],
    ['!a', 'empty'],
    ['& b', 'empty'],
    ['(& b)', 'empty'],
  ])('%j: the detail is %s', async ([permissions, detail]) => {
    const { key } = await emulator.unkey.createKey({ enabled: false });
    const reply = await emulator.client.call('keys.verifyKey', { key, permissions });
    expect(errorType(reply)).toBe('user/bad_request/permissions_query_syntax_error');
    expect(reply.body.error).toMatchObject({ status: 400, title: 'Bad Request', errors: [] });
    expect(reply.body.error?.detail === '').toBe(detail === 'empty');
  });

  test('except if the key is NOT_FOUND', async () => {
    expect(await emulator.client.data('keys.verifyKey', { key: 'unknown', permissions: 'a AND' })).toEqual({
      code: 'NOT_FOUND',
      valid: false,
    });
  });
});
