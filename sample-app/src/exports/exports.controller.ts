import { Controller, HttpCode, Post } from '@nestjs/common';
import { Credits, KeyRatelimit, RequirePermissions, UnkeyKey, VerificationTags } from 'nestjs-unkey';

@Controller('exports')
export class ExportsController {
  /**
   * Heavy work: five credits, two units of the limit `exports`, and a tag for Unkey's analytics.
   *
   * A key's own limit is only looked up once its permissions suffice, so every key with `exports.create` has to have
   * a limit of that name.
   */
  @RequirePermissions('exports.create')
  @Credits(5)
  @KeyRatelimit('exports', { cost: 2 })
  @VerificationTags('export', 'format=csv')
  @HttpCode(202)
  @Post()
  start(@UnkeyKey('credits') credits: number | undefined, @UnkeyKey('keyId') keyId: string) {
    return { status: 'started', for: keyId, creditsLeft: credits ?? 'unlimited' };
  }
}
