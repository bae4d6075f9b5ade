import { Controller, Get } from '@nestjs/common';
import { OptionalKey, Public, UnkeyKey, type VerifiedKey } from 'nestjs-unkey';

@Controller()
export class HealthController {
  /** No key is looked for, and Unkey is not called. */
  @Public()
  @Get('health')
  health() {
    return { ok: true };
  }

  /** Greets whoever comes, and by name whoever has a key. A key that is sent must be good. */
  @OptionalKey()
  @Get()
  welcome(@UnkeyKey() key?: VerifiedKey) {
    return { message: `Hello ${key?.name ?? 'stranger'}!` };
  }
}
