import { isDeepStrictEqual } from 'node:util';
import type { INestApplication } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { Decision } from '../audit/decide.js';
import type { FoundHandler } from '../audit/handlers/found-handler.js';
import { placesOf, type PlacedOperation } from './lone-handler.js';
import { operationAt } from './open-api.js';
import { decisionAt } from './route-decision.js';

/** An operation of the document, and the decision of the audit about its handler. */
export interface FoundOperation extends PlacedOperation {
  readonly decision: Decision;
}

/** Finds the operation of every route that the audit lists. Routes that are not in the document are left out. */
export function findOperations(
  app: INestApplication,
  document: OpenAPIObject,
  decisions: readonly Decision[],
): FoundOperation[] {
  const handlers = byHandler(decisions);
  const withPrefix = placeAll(app, document, handlers, false);
  const isComplete = withPrefix.every((place) => isIn(document, place));
  // A document that was created with `ignoreGlobalPrefix` has no prefix in its paths.
  const hasPrefix = app.get(ApplicationConfig, { strict: false }).getGlobalPrefix() !== '';
  const candidates =
    isComplete || !hasPrefix ? [withPrefix] : [withPrefix, placeAll(app, document, handlers, true)];
  const [most = []] = candidates
    .map((places) => places.filter((place) => isIn(document, place)))
    .sort((a, b) => b.length - a.length);
  return mostAlike(document, most);
}

function placeAll(
  app: INestApplication,
  document: OpenAPIObject,
  handlers: readonly (readonly [FoundHandler, readonly Decision[]])[],
  ignoreGlobalPrefix: boolean,
): FoundOperation[] {
  return handlers.flatMap(([handler, decisions]) =>
    placesOf(app, document, handler, ignoreGlobalPrefix).map((place) => ({
      ...place,
      decision: decisionAt(decisions, place.path),
    })),
  );
}

function isIn({ paths }: OpenAPIObject, { path, method }: PlacedOperation): boolean {
  return operationAt(paths, path, method) !== undefined;
}

/**
 * Leaves one handler for each operation. Several can have the same path and method, for example one per version in a
 * header. The document has one of them: the one whose operation is most like it, or else the last.
 */
function mostAlike({ paths }: OpenAPIObject, found: readonly FoundOperation[]): FoundOperation[] {
  const best = new Map<string, { found: FoundOperation; alike: number }>();
  for (const one of found) {
    const key = `${one.method} ${one.path}`;
    const before = best.get(key);
    const given = operationAt(paths, one.path, one.method);
    const alike = Object.entries(one.operation).filter(([name, value]) =>
      isDeepStrictEqual(given === undefined ? undefined : Reflect.get(given, name), value),
    ).length;
    if (before === undefined || alike >= before.alike) best.set(key, { found: one, alike });
  }
  return [...best.values()].map((one) => one.found);
}

/** The decisions of each handler; the audit makes one for each of its routes, next to each other. */
function byHandler(decisions: readonly Decision[]): [FoundHandler, Decision[]][] {
  const handlers: [FoundHandler, Decision[]][] = [];
  for (const decision of decisions) {
    const last = handlers.at(-1);
    if (last !== undefined && isSameHandler(last[0], decision.found)) last[1].push(decision);
    else handlers.push([decision.found, [decision]]);
  }
  return handlers;
}

function isSameHandler(a: FoundHandler, b: FoundHandler): boolean {
  return a.module === b.module && a.controller === b.controller && a.name === b.name;
}
