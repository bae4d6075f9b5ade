import type { ExecutionContext } from '@nestjs/common';
import 'reflect-metadata';
import { isTransportIn } from './transport-of.js';

const SKIPPED = 'nestjs-unkey:skip-transports';

/**
 * Stores the option `skipTransports` on a class with handlers, because a param decorator has no access to the options,
 * and the request has no state if no guard ran. If several apps in a process share a class, the last one that started
 * decides.
 */
export function noteSkippedTransports(handlers: object, types: readonly string[]): void {
  if (types.length > 0 || Reflect.hasOwnMetadata(SKIPPED, handlers)) {
    Reflect.defineMetadata(SKIPPED, types, handlers);
  }
}

/** Whether requests of this type are skipped in the app of this handler. */
export function isSkipped(context: ExecutionContext): boolean {
  const types: unknown = Reflect.getOwnMetadata(SKIPPED, context.getClass());
  return Array.isArray(types) && isTransportIn(context, types);
}
