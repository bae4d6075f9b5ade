import type { INestApplication } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FoundHandler } from '../audit/handlers/found-handler.js';
import { operationAt, type Operation } from './open-api.js';

/** The place of an operation in a document. */
export interface PlacedOperation {
  readonly path: string;
  /** In lower case, as in a document. */
  readonly method: string;
  readonly operation: Operation;
}

/**
 * Finds out where Swagger puts one handler, with an app that has no other handler. Prefixes, versions, aliases and
 * wildcards are then Swagger's own. Matching by `operationId` fails: users replace it, and two classes can have the
 * same name.
 */
export function placesOf(
  app: INestApplication,
  { openapi, info }: OpenAPIObject,
  handler: FoundHandler,
  ignoreGlobalPrefix: boolean,
): PlacedOperation[] {
  const { paths } = SwaggerModule.createDocument(
    loneApp(app, handler),
    { openapi, info },
    { ignoreGlobalPrefix },
  );
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).flatMap((method) => {
      const operation = operationAt(paths, path, method);
      return operation === undefined ? [] : [{ path, method, operation }];
    }),
  );
}

/** The app as Swagger reads it, with the modules replaced. */
function loneApp(
  app: INestApplication,
  { module, controller, name, method }: FoundHandler,
): INestApplication {
  // `constructor` leads to the metadata of Swagger's compiler plugin, and to the class's name.
  const prototype: object = Object.create(null, {
    constructor: { value: controller },
    [name]: { value: method },
  });
  const instance: object = Object.create(prototype);
  const lone = {
    metatype: module.metatype,
    imports: new Set(),
    controllers: new Map([[controller, { instance, metatype: controller }]]),
  };
  // RouterModule writes its paths under the id of the app.
  const { applicationId } = app.get(ModulesContainer, { strict: false });
  const modules = Object.assign(new Map([[module.id, lone]]), { applicationId });
  return Object.create(app, {
    container: { value: { getModules: () => modules, isGlobalModule: () => false } },
    config: { value: app.get(ApplicationConfig, { strict: false }) },
  }) as INestApplication;
}
