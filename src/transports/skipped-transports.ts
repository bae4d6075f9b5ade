import type { ExecutionContext } from '@nestjs/common';
import 'reflect-metadata';
import { isTransportIn } from './transport-of.js';

const SKIPPED = 'nestjs-unkey:skip-transports';

/**
 * Stores the option `skipTransports` on a class with handlers, because a param decorator has no access to the options,
 * and the request has no state if no guard ran. On a handler with `@UseUnkey()`, it holds the option of that instance, which
 * replaces the one on its class. If several apps in a process share a class, the last one that started
 * decides.
 */
export function noteSkippedTransports(holder: object, types: readonly string[]): void {
  if (types.length > 0 || Reflect.hasOwnMetadata(SKIPPED, holder)) {
    Reflect.defineMetadata(SKIPPED, types, holder);
  }
}

/** As {@link noteSkippedTransports}, for a handler whose instance is not that of its class, so that no types count too. */
export function noteSkippedTransportsOf(handler: object, types: readonly string[]): void {
  Reflect.defineMetadata(SKIPPED, types, handler);
}

/** Whether requests of this type are skipped in the app of this handler. */
export function isSkipped(context: ExecutionContext): boolean {
  const types: unknown =
    Reflect.getOwnMetadata(SKIPPED, context.getHandler()) ??
    Reflect.getOwnMetadata(SKIPPED, context.getClass());
  return Array.isArray(types) && isTransportIn(context, types);
}
