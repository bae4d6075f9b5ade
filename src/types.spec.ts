import type { Unkey } from '@unkey/api';
import { describe, expectTypeOf, it } from 'vitest';
import type {
  PermissionExpression,
  UnkeyKeyPath,
  Verification,
  VerifiedKey,
  Verifier,
  VerifyRequest,
} from './index.js';

type SdkAnswer = Awaited<ReturnType<Unkey['keys']['verifyKey']>>['data'];
type SdkRequest = Parameters<Unkey['keys']['verifyKey']>[0];

describe('the published types', () => {
  it("agree with the SDK's", () => {
    expectTypeOf<SdkAnswer>().toExtend<Verification>();
    expectTypeOf<VerifyRequest>().toExtend<SdkRequest>();
  });

  it('a verifier is one function', () => {
    expectTypeOf<Verifier>().toEqualTypeOf<
      (request: VerifyRequest, signal: AbortSignal) => Promise<Verification>
    >();
  });

  it('an object of permissions has exactly one of anyOf and allOf', () => {
    expectTypeOf<{ anyOf: ['a'] }>().toExtend<PermissionExpression>();
    expectTypeOf<{ allOf: ['a', { anyOf: ['b'] }] }>().toExtend<PermissionExpression>();
    expectTypeOf<{ anyOf: ['a']; allOf: ['b'] }>().not.toExtend<PermissionExpression>();
    expectTypeOf<{ allOf: [{ anyOf: ['a']; allOf: ['b'] }] }>().not.toExtend<PermissionExpression>();
  });

  it('the arrays of a verified key are never undefined', () => {
    expectTypeOf<VerifiedKey['permissions']>().toEqualTypeOf<readonly string[]>();
    expectTypeOf<VerifiedKey['ratelimits'][number]['remaining']>().toEqualTypeOf<number>();
  });

  it('paths of @UnkeyKey() are checked', () => {
    expectTypeOf<'identity.externalId'>().toExtend<UnkeyKeyPath>();
    expectTypeOf<'meta.plan'>().toExtend<UnkeyKeyPath>();
    expectTypeOf<'permissions'>().toExtend<UnkeyKeyPath>();
    expectTypeOf<'identity.external'>().not.toExtend<UnkeyKeyPath>();
    expectTypeOf<'plan'>().not.toExtend<UnkeyKeyPath>();
  });

  it('meta has the type that the app declares', () => {
    expectTypeOf<VerifiedKey<{ plan: 'pro' }>['meta']>().toEqualTypeOf<{ plan: 'pro' } | undefined>();
    expectTypeOf<VerifiedKey['meta']>().toEqualTypeOf<Record<string, unknown> | undefined>();
  });
});
