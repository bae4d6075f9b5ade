import { MetadataScanner } from '@nestjs/core';
import 'reflect-metadata';
import type { AuditedApp } from '../audited-app.js';
import { classOf, type Class, type NestModule, type NestWrapper } from '../nest-containers.js';
import type { EndpointsOf, FoundHandler, Method } from './found-handler.js';
import { graphqlEndpoints } from './graphql-endpoints.js';
import { httpEndpoints } from './http-endpoints.js';
import { rpcEndpoints, wsEndpoints } from './message-endpoints.js';

/** Every handler of an app that callers reach through Nest, in the order in which Nest keeps them. */
export function findHandlers(app: AuditedApp): FoundHandler[] {
  const found: FoundHandler[] = [];
  for (const module of app.modules.values()) {
    const httpOf = httpEndpoints(app, module);
    addHandlers(found, module, module.controllers.values(), (controller) => {
      const http = httpOf(controller);
      return (name, method) => [...http(name, method), ...rpcEndpoints(method)];
    });
    addHandlers(found, module, module.providers.values(), (provider) => {
      const [ws, graphql] = [wsEndpoints(provider), graphqlEndpoints(provider)];
      return (name, method) => [...ws(name, method), ...graphql(name, method)];
    });
  }
  return found;
}

/** Loops and one object literal: an app can have thousands of handlers, and this runs once, at startup. */
function addHandlers(
  found: FoundHandler[],
  module: NestModule,
  wrappers: Iterable<NestWrapper>,
  endpointsOfClass: (controller: Class) => EndpointsOf,
): void {
  const scanner = new MetadataScanner();
  for (const wrapper of wrappers) {
    const controller = classOf(wrapper);
    if (controller === undefined) continue;
    const endpointsOf = endpointsOfClass(controller);
    const isStatic = wrapper.isDependencyTreeStatic();
    for (const name of scanner.getAllMethodNames(controller.prototype)) {
      const method: unknown = Reflect.get(controller.prototype, name);
      if (!isHandler(method)) continue;
      for (const { transport, pattern, path, resolves } of endpointsOf(name, method)) {
        found.push({ module, controller, name, method, isStatic, transport, pattern, path, resolves });
      }
    }
  }
}

/** Nest calls no method without a decorator, and most providers have no method with one. */
function isHandler(value: unknown): value is Method {
  return typeof value === 'function' && Reflect.getMetadataKeys(value).length > 0;
}
