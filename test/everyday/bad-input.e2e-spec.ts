import { Controller, Get, type Type } from '@nestjs/common';
import {
  CheckKey,
  KeyFrom,
  Public,
  RequirePermissions,
  UnkeyModule,
  anyOf,
  fromHeader,
  permissionQuery,
  type CheckFunction,
  type KeySource,
  type UnkeyModuleOptions,
} from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { bootError } from '../support/app.js';

const OPTIONS = { rootKey: 'unkey_secret' };
const check = () => true;

describe('an invalid option fails at startup, by its name', () => {
  it.each<[object, string]>([
    [
      { checks: check },
      'option "checks" must be a list of checks { check, code, message, status }, got a function',
    ],
    [{ checks: [check] }, 'option "checks.0": a check must be an object with check, code, message, status'],
    [
      { checks: [{ check }, { check: 'pro' }] },
      'option "checks.1": "check" must be a function (key, context) => boolean, got "pro"',
    ],
    [{ checks: [{ check, status: 500 }] }, '"status" must be an HTTP status from 400 to 499, got 500'],
    [{ checks: [{ check, status: 399 }] }, 'from 400 to 499, got 399'],
    [{ checks: [{ check, status: '402' }] }, 'from 400 to 499, got "402"'],
    [{ checks: [{ check, code: '' }] }, '"code" must be your own code, such as \'PLAN_REQUIRED\''],
    [{ checks: [{ check, code: 'VALID' }] }, '"code" must be your own code'],
    [{ checks: [{ check, code: 'UNKEY_UNAVAILABLE' }] }, '"code" must be your own code'],
    [{ checks: [{ check, message: 5 }] }, '"message" must be a non-empty string for the caller, got 5'],
    [{ checks: [{ check, when: 'now' }] }, 'unknown member "when"; a check takes'],
    [{ userFrom: 'id' }, 'option "userFrom" must be a function (key, context) => user, got "id"'],
    [{ exposeRequiredPermissions: 'yes' }, 'option "exposeRequiredPermissions" must be true or false'],
    [{ publicMetadata: true }, 'option "publicMetadata" must be a metadata key such as "isPublic"'],
    [{ publicMetadata: [''] }, 'option "publicMetadata" must be'],
    [{ tags: 'service=api' }, 'option "tags" must be a list of strings, got "service=api"'],
    [{ tags: [''] }, 'option "tags": a tag must be a string of 1 to 512 characters, got ""'],
    [{ tags: Array(21).fill('a') }, 'option "tags": at most 20 tags are allowed, got 21'],
    [{ keyspaces: [] }, 'option "keyspaces" must be a list of 1 to 5 keyspace ids'],
    [{ keyspaces: 'ks_1' }, 'option "keyspaces" must be a list of 1 to 5 keyspace ids'],
    [{ keyspaces: ['ks_1', ''] }, 'option "keyspaces"'],
    [{ keyspaces: Array(6).fill('ks_1') }, 'option "keyspaces"'],
    [{ keyspaces: ['ks_1'], verifier: 'sdk' }, `cannot be used with verifier: 'sdk'`],
    [{ keyspaces: ['ks_1'], rootKey: undefined, client: { keys: { verifyKey() {} } } }, `verifier: 'sdk'`],
    [
      { keyFrom: fromHeader('authorization', { scheme: 'Api Key' }) },
      'option "keyFrom": fromHeader("authorization"): "scheme" must be the name of an authentication scheme without spaces',
    ],
    [{ keyFrom: [fromHeader('x-api-key'), fromHeader('x-key', { scheme: '' })] }, 'got ""'],
    [
      { permissions: permissionQuery('a AND') },
      'option "permissions": the permission query "a AND" ends at position 5, where a permission or "(" is expected',
    ],
  ])('%j', async (options, sentence) => {
    const { message, name } = await bootError({
      imports: [UnkeyModule.forRoot({ ...OPTIONS, ...options } as UnkeyModuleOptions)],
    });
    expect(message).toContain(sentence);
    expect(name).toBe('UnkeyConfigError');
    expect(message).not.toContain('unkey_secret');
  });
});

describe('an invalid decorator fails at startup, with the name of the handler', () => {
  const withHandler = (...decorators: MethodDecorator[]): Type => {
    class AppController {
      read() {
        return {};
      }
    }
    const descriptor = Object.getOwnPropertyDescriptor(AppController.prototype, 'read');
    for (const decorate of [Get(), ...decorators]) {
      if (descriptor !== undefined) decorate(AppController.prototype, 'read', descriptor);
    }
    Controller()(AppController);
    return AppController;
  };

  it.each<[string, MethodDecorator[], string]>([
    [
      '@RequirePermissions(permissionQuery())',
      [RequirePermissions(permissionQuery('cms.read cms.write'))],
      'the permission query "cms.read cms.write" has "cms.write" at position 9, where AND, OR or the end of the query is expected.',
    ],
    [
      'a query within anyOf()',
      [RequirePermissions(anyOf('admin', permissionQuery('(a OR b')))],
      'the permission query "(a OR b" ends at position 7, where ")" is expected.',
    ],
    [
      '@CheckKey() without a function',
      [CheckKey('pro' as unknown as CheckFunction)],
      '@CheckKey(): "check" must be a function (key, context) => boolean, got "pro".',
    ],
    [
      '@CheckKey() with a 5xx',
      [CheckKey(check, { status: 500 })],
      '@CheckKey(): "status" must be an HTTP status from 400 to 499, got 500.',
    ],
    [
      '@CheckKey() on a public handler',
      [Public(), CheckKey(check)],
      'the handler is public, so its @CheckKey() has no effect; remove one of them, or use @Public(false).',
    ],
    ['@KeyFrom() without a source', [KeyFrom()], '@KeyFrom() must name at least one key source'],
    [
      '@KeyFrom() of a name',
      [KeyFrom('x-api-key' as unknown as KeySource)],
      '@KeyFrom(): a key source must be a function, such as fromHeader("x-api-key"), got "x-api-key".',
    ],
    [
      '@KeyFrom() of a scheme with a blank',
      [KeyFrom(fromHeader('x-key', { scheme: 'Api Key' }))],
      '@KeyFrom(): fromHeader("x-key"): "scheme" must be the name',
    ],
    [
      '@KeyFrom() twice',
      [KeyFrom(fromHeader('x-a')), KeyFrom(fromHeader('x-b'))],
      '@KeyFrom() is used twice in the same place; keep one.',
    ],
  ])('%s', async (_, decorators, sentence) => {
    const { message } = await bootError({
      imports: [UnkeyModule.forRoot(OPTIONS)],
      controllers: [withHandler(...decorators)],
    });
    expect(message).toContain(`AppController.read: ${sentence}`);
  });

  it('also a check on a handler that the option public opens', async () => {
    const controller = withHandler(CheckKey(check));
    const { message } = await bootError({
      imports: [UnkeyModule.forRoot({ ...OPTIONS, public: [controller] })],
      controllers: [controller],
    });
    expect(message).toContain(
      'AppController.read: the handler is public by the option "public", so its @CheckKey()',
    );
  });
});
