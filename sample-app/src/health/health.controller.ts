import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService } from '@nestjs/terminus';
import { OptionalKey, Public, UnkeyKey, type VerifiedKey } from 'nestjs-unkey';
import { UnkeyHealthIndicator } from 'nestjs-unkey/health';

@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly unkey: UnkeyHealthIndicator,
  ) {}

  /** Needs no key, and verifies none: it only asks whether Unkey answers. */
  @Public()
  @Get('health')
  @HealthCheck()
  check() {
    return this.health.check([() => this.unkey.isHealthy('unkey', { otherwise: 'degraded' })]);
  }

  /** Greets callers with a key by name. A key is optional, but if one is sent, it must be valid. */
  @OptionalKey()
  @Get()
  welcome(@UnkeyKey() key?: VerifiedKey) {
    return { message: `Hello ${key?.name ?? 'stranger'}!` };
  }
}
