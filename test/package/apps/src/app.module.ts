import { Controller, type ExecutionContext, Get, Injectable, Module, UseGuards } from '@nestjs/common';
import type { Unkey } from '@unkey/api';
import {
  anyOf,
  InjectUnkey,
  Public,
  RequirePermissions,
  type UnkeyException,
  UnkeyGuard,
  UnkeyKey,
  UnkeyModule,
  type Verification,
  type VerifiedKey,
  type VerifyOptions,
  type VerifyRequest,
} from 'nestjs-unkey';

declare module 'nestjs-unkey' {
  interface Register {
    meta: { plan: 'free' | 'pro' };
  }
}

@Injectable()
export class DocumentsService {
  listFor(plan: 'free' | 'pro'): string[] {
    return plan === 'pro' ? ['Road map', 'Price list'] : ['Price list'];
  }
}

@Controller('documents')
export class DocumentsController {
  // By type alone, which is how an app says it: the compiler has to have kept the types.
  constructor(private readonly documents: DocumentsService) {}

  @Public()
  @Get('health')
  health() {
    return { ok: true };
  }

  @RequirePermissions(anyOf('admin', 'documents.read'))
  @Get()
  list(@UnkeyKey() key: VerifiedKey, @UnkeyKey('identity.externalId') user: string | undefined) {
    return { user, documents: this.documents.listFor(key.meta?.plan ?? 'free') };
  }
}

/**
 * Overrides every step without a return type, as people write it. With `declaration: true` the compiler has to name
 * the inferred types, which works only if the package exports them.
 */
@Injectable()
export class PartnerGuard extends UnkeyGuard {
  protected override skip(context: ExecutionContext) {
    return super.skip(context);
  }

  protected override extractKey(context: ExecutionContext) {
    return super.extractKey(context);
  }

  protected override verify(key: string, options: VerifyOptions, context: ExecutionContext) {
    return super.verify(key, options, context);
  }

  protected override allow(verification: Verification, context: ExecutionContext) {
    return super.allow(verification, context);
  }

  protected override deny(denial: UnkeyException, context: ExecutionContext) {
    return super.deny(denial, context);
  }
}

@Controller('keys')
@UseGuards(PartnerGuard)
export class KeysController {
  constructor(@InjectUnkey() private readonly unkey: Unkey) {}

  @Get('me')
  async me(@UnkeyKey('keyId') keyId: string) {
    const { data } = await this.unkey.keys.getKey({ keyId });
    return { name: data.name };
  }
}

@Module({
  imports: [UnkeyModule.forRoot({ globalGuard: true })],
  controllers: [DocumentsController, KeysController],
  providers: [DocumentsService],
})
export class AppModule {}

async function verifier({ key }: VerifyRequest): Promise<Verification> {
  return key === 'known'
    ? { valid: true, code: 'VALID', keyId: 'key_1' }
    : { valid: false, code: 'NOT_FOUND' };
}

/** Without the SDK, and without a root key. */
@Module({
  imports: [UnkeyModule.forRoot({ globalGuard: true, client: false, verifier })],
  controllers: [DocumentsController],
  providers: [DocumentsService],
})
export class OwnVerifierModule {}
