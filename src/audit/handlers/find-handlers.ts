import { MetadataScanner } from '@nestjs/core';
import 'reflect-metadata';
import type { AuditedApp } from '../audited-app.js';
import { classOf, type Class, type NestModule, type NestWrapper } from '../nest-containers.js';
import type { Endpoint, FoundHandler, Method } from './found-handler.js';
import { graphqlEndpoints } from './graphql-endpoints.js';
import { httpEndpoints } from './http-endpoints.js';
import { rpcEndpoints, wsEndpoints } from './message-endpoints.js';

type EndpointsOf = (controller: Class, name: string, method: Method) => Endpoint[];

/** Every handler of an app that callers reach through Nest, in the order in which Nest keeps them. */
export function findHandlers(app: AuditedApp): FoundHandler[] {
  return [...app.modules.values()].flatMap((module) => [
    ...handlersOf(module, module.controllers.values(), (controller, _, method) => [
      ...httpEndpoints(app, module, controller, method),
      ...rpcEndpoints(method),
    ]),
    ...handlersOf(module, module.providers.values(), (provider, name, method) => [
      ...wsEndpoints(provider, method),
      ...graphqlEndpoints(provider, name, method),
    ]),
  ]);
}

function handlersOf(
  module: NestModule,
  wrappers: Iterable<NestWrapper>,
  endpointsOf: EndpointsOf,
): FoundHandler[] {
  const scanner = new MetadataScanner();
  return [...wrappers].flatMap((wrapper) => {
    const controller = classOf(wrapper);
    if (controller === undefined) return [];
    return scanner.getAllMethodNames(controller.prototype).flatMap((name) => {
      const method: unknown = Reflect.get(controller.prototype, name);
      if (!isHandler(method)) return [];
      return endpointsOf(controller, name, method).map((endpoint) => ({
        ...endpoint,
        module,
        controller,
        name,
        method,
        isStatic: wrapper.isDependencyTreeStatic(),
      }));
    });
  });
}

/** Nest calls no method without a decorator, and most providers have no method with one. */
function isHandler(value: unknown): value is Method {
  return typeof value === 'function' && Reflect.getMetadataKeys(value).length > 0;
}
