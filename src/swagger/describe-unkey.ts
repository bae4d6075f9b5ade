import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { RunningAudit } from '../audit/running-audit.js';
import { UnkeyConfigError } from '../errors/unkey-config.error.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import { tokenOf, UNKEY_AUDIT, UNKEY_RESOLVED_OPTIONS } from '../options/tokens.js';
import { DenialResponses } from './denial-responses.js';
import { describeOperation, type DocumentParts } from './describe-operation.js';
import { findOperations } from './find-operations.js';
import { operationAt } from './open-api.js';
import { SecuritySchemeNames } from './security-schemes.js';

/**
 * Adds to an OpenAPI document what `UnkeyGuard` does: the security schemes of the key sources, the security of every
 * guarded operation, the responses to denied requests, and `x-unkey` with what a handler requires. Public handlers
 * require no key, handlers with `@OptionalKey()` one or none. Operations without the guard stay as they are, and so
 * does everything that you declared yourself.
 *
 * Call it before or after `app.init()`, but after `setGlobalPrefix()`, `enableVersioning()` and `useGlobalGuards()`.
 *
 * @param document the document that `SwaggerModule.createDocument()` returned; it is not changed
 * @returns a new document
 * @throws UnkeyConfigError if the app has no `UnkeyModule`, or if the document is not an OpenAPI document
 * @example
 * const document = describeUnkey(app, SwaggerModule.createDocument(app, new DocumentBuilder().build()));
 * SwaggerModule.setup('docs', app, document);
 */
export function describeUnkey(app: INestApplication, document: OpenAPIObject): OpenAPIObject {
  checkDocument(document);
  const audit = auditOf(app);
  const { components } = document;
  const parts: DocumentParts = {
    security: document.security,
    schemes: new SecuritySchemeNames(components?.securitySchemes),
    responses: new DenialResponses({
      ...(components?.schemas === undefined ? {} : { schemas: components.schemas }),
      ...(components?.responses === undefined ? {} : { responses: components.responses }),
    }),
    optionsOf: (instance) =>
      app.get<ResolvedUnkeyOptions>(tokenOf(UNKEY_RESOLVED_OPTIONS, instance), { strict: false }),
  };
  const decisions = audit.decisions().filter(({ found }) => found.transport === 'http');
  const paths = { ...document.paths };
  for (const { path, method, decision } of findOperations(app, document, decisions)) {
    const operation = operationAt(paths, path, method);
    if (operation === undefined) continue;
    paths[path] = { ...paths[path], [method]: describeOperation(operation, decision, parts) };
  }
  return { ...document, paths, components: { ...components, ...componentsOf(parts) } };
}

function componentsOf({ schemes, responses }: DocumentParts): NonNullable<OpenAPIObject['components']> {
  const all = { schemas: responses.schemas, responses: responses.responses, securitySchemes: schemes.all };
  return Object.fromEntries(
    Object.entries(all).filter(([, components]) => Object.keys(components).length > 0),
  );
}

function auditOf(app: INestApplication): RunningAudit {
  try {
    return app.get<RunningAudit>(UNKEY_AUDIT, { strict: false });
  } catch {
    throw new UnkeyConfigError(
      'describeUnkey(): this app has no UnkeyModule; import UnkeyModule.forRoot() in its root module.',
    );
  }
}

function checkDocument(document: unknown): void {
  const paths: unknown =
    typeof document === 'object' && document !== null ? Reflect.get(document, 'paths') : undefined;
  if (typeof paths === 'object' && paths !== null) return;
  throw new UnkeyConfigError(
    'describeUnkey() takes the document that SwaggerModule.createDocument() returns, an object with "paths", ' +
      `got ${document === null ? 'null' : typeof document}.`,
  );
}
