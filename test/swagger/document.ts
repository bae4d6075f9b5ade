import type { INestApplication } from '@nestjs/common';
import {
  DocumentBuilder,
  SwaggerModule,
  type OpenAPIObject,
  type SwaggerDocumentOptions,
} from '@nestjs/swagger';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describeUnkey } from 'nestjs-unkey/swagger';
import { expect } from 'vitest';
import type { RunningApp } from '../support/app.js';

/** The parts of an operation that are tested. */
export interface TestedOperation {
  operationId: string;
  security?: Record<string, string[]>[];
  responses: Record<string, unknown>;
  'x-unkey'?: unknown;
}

/** The documents of an app, as Swagger made it and as it was described. */
export function documentsOf(
  app: INestApplication,
  build: (builder: DocumentBuilder) => DocumentBuilder = (builder) => builder,
  options?: SwaggerDocumentOptions,
) {
  const given = SwaggerModule.createDocument(app, build(new DocumentBuilder()).build(), options);
  return { given, described: describeUnkey(app, given) };
}

/** One operation of a document; an operation that is not there is an error. */
export function operation({ paths }: OpenAPIObject, method: string, path: string): TestedOperation {
  const found: unknown = Reflect.get(paths[path] ?? {}, method);
  if (found === undefined) throw new Error(`no ${method} ${path} among ${Object.keys(paths).join(', ')}`);
  return found as TestedOperation;
}

export function operationsOf(document: OpenAPIObject) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => ({ path, method, operation: operation(document, method, path) })),
  );
}

export async function expectValid(document: OpenAPIObject): Promise<void> {
  // As it is served: without members that are `undefined`.
  const served = JSON.parse(JSON.stringify(document)) as Record<string, unknown>;
  const { valid, errors } = await new Validator().validate(served);
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
}

/** Whether a caller without any key may expect an answer, as the document says. */
export function needsKey(
  document: OpenAPIObject,
  { security = document.security ?? [] }: TestedOperation,
): boolean {
  return security.length > 0 && security.every((requirement) => Object.keys(requirement).length > 0);
}

/** Calls an operation without a key. */
export async function statusOf(
  { url }: Pick<RunningApp, 'url'>,
  method: string,
  path: string,
): Promise<number> {
  const response = await fetch(url + path.replace(/\{[^}]+\}/g, '1'), { method: method.toUpperCase() });
  await response.arrayBuffer();
  return response.status;
}
