import { Controller, Get } from '@nestjs/common';
import { OptionalKey, Public, UnkeyKey, type VerifiedKey } from 'nestjs-unkey';

@Controller()
export class HealthController {
  /** Needs no key, and does not call Unkey. */
  @Public()
  @Get('health')
  health() {
    return { ok: true };
  }

  /** Greets callers with a key by name. A key is optional, but if one is sent, it must be valid. */
  @OptionalKey()
  @Get()
  welcome(@UnkeyKey() key?: VerifiedKey) {
    return { message: `Hello ${key?.name ?? 'stranger'}!` };
  }
}
