import type { HttpServer } from '@nestjs/common';
import type { CustomTransportStrategy, Server } from '@nestjs/microservices';

export declare function McpController(): ClassDecorator;
export declare function Tool(tool: {
  name: string;
  description: string;
  parameters?: object;
}): MethodDecorator;
export declare class McpContext {
  getRawRequest<Request>(): Request | undefined;
}
export declare class StreamableHttpTransport {
  constructor(options?: { endpoint?: string });
}
declare const Strategy: typeof Server;
export declare class McpStrategy extends Strategy implements CustomTransportStrategy {
  constructor(options: { name: string; version: string; transports: StreamableHttpTransport[] });
  setHttpAdapter(adapter: HttpServer): void;
  listen(callback: (...results: unknown[]) => unknown): unknown;
  close(): unknown;
  on(event: string, callback: () => unknown): unknown;
  unwrap<T>(): T;
}
