import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { UnkeyHealthIndicator } from 'nestjs-unkey/health';
import { HealthController } from './health.controller.js';

@Module({
  imports: [TerminusModule],
  controllers: [HealthController],
  providers: [UnkeyHealthIndicator],
})
export class HealthModule {}
