import type { IncomingMessage } from 'node:http';
import type { DynamicModule } from '@nestjs/common';

interface PinoHttpOptions {
  redact?: { paths: string[]; censor?: string };
  customProps?: (request: IncomingMessage) => object;
}
export declare class LoggerModule {
  static forRoot(options: { pinoHttp: PinoHttpOptions }): DynamicModule;
}
