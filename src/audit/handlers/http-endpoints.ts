import { RequestMethod, type VersioningOptions } from '@nestjs/common';
import 'reflect-metadata';
import type { AuditedApp } from '../audited-app.js';
import type { Class, NestModule } from '../nest-containers.js';
import type { EndpointsOf } from './found-handler.js';
import { routePaths } from './route-paths.js';

/** The routes of each method of a module's controllers. */
export function httpEndpoints(app: AuditedApp, module: NestModule): (controller: Class) => EndpointsOf {
  const modulePath = modulePathOf(app, module);
  return (controller) => {
    const pathsOf = routePaths(app.config, modulePath, texts(Reflect.getMetadata('path', controller)));
    const versionOfClass = versionOf(controller);
    return (_, method) => {
      const methodPath: unknown = Reflect.getMetadata('path', method);
      const requestMethod: unknown = Reflect.getMetadata('method', method);
      if (methodPath === undefined || typeof requestMethod !== 'number') return [];
      const paths = pathsOf({
        methodPath: texts(methodPath),
        version: versionOf(method) ?? versionOfClass,
        requestMethod,
      });
      return paths.map((path) => ({
        transport: 'http',
        pattern: `${RequestMethod[requestMethod] ?? requestMethod} ${path}`,
        path,
      }));
    };
  };
}

/** What `RouterModule.register()` puts in front of a module's routes. */
function modulePathOf({ modules }: AuditedApp, { metatype }: NestModule): string {
  const path: unknown =
    Reflect.getMetadata(`__module_path__${modules.applicationId}`, metatype) ??
    Reflect.getMetadata('__module_path__', metatype);
  return typeof path === 'string' ? path : '';
}

function versionOf(holder: object): VersioningOptions['defaultVersion'] {
  return Reflect.getMetadata('__version__', holder) as VersioningOptions['defaultVersion'];
}

function texts(value: unknown): string[] {
  return [value].flat().filter((path) => typeof path === 'string');
}
