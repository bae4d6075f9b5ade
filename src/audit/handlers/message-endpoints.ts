import 'reflect-metadata';
import type { Class } from '../nest-containers.js';
import type { Endpoint, EndpointsOf, Method } from './found-handler.js';

const EVENT = 2;

/** The message of each method of a provider, if it is a gateway. */
export function wsEndpoints(provider: Class): EndpointsOf {
  if (Reflect.getMetadata('websockets:is_gateway', provider) !== true) return () => [];
  return (_, method) => {
    if (Reflect.getMetadata('websockets:message_mapping', method) === undefined) return [];
    return [{ transport: 'ws', pattern: `message ${written(Reflect.getMetadata('message', method))}` }];
  };
}

/** The messages and events of a controller's method; empty if it has none. */
export function rpcEndpoints(method: Method): Endpoint[] {
  const type: unknown = Reflect.getMetadata('microservices:handler_type', method);
  if (type === undefined) return [];
  const patterns: unknown[] = [Reflect.getMetadata('microservices:pattern', method)].flat();
  return patterns.map((pattern) => ({ transport: 'rpc', pattern: rpcPattern(pattern, type === EVENT) }));
}

function rpcPattern(pattern: unknown, isEvent: boolean): string {
  if (isGrpcPattern(pattern)) return `grpc ${pattern.service}.${pattern.rpc}`;
  return `${isEvent ? 'event' : 'pattern'} ${written(pattern)}`;
}

function isGrpcPattern(pattern: unknown): pattern is { service: string; rpc: string } {
  return (
    typeof pattern === 'object' &&
    pattern !== null &&
    'service' in pattern &&
    'rpc' in pattern &&
    'streaming' in pattern
  );
}

function written(pattern: unknown): string {
  return typeof pattern === 'string' ? pattern : (JSON.stringify(pattern) ?? String(pattern));
}
