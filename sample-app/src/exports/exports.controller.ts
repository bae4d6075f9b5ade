import { Controller, HttpCode, Post } from '@nestjs/common';
import { Credits, KeyRatelimit, RequirePermissions, UnkeyKey, VerificationTags } from 'nestjs-unkey';

@Controller('exports')
export class ExportsController {
  /**
   * An expensive operation: five credits, two units of the rate limit `exports`, and tags for Unkey's analytics.
   *
   * Unkey checks permissions before rate limits, so only keys with `exports.create` need a rate limit of this name.
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
