import type { ExecutionContext } from '@nestjs/common';
import { UnkeyConfigError } from '../errors/unkey-config.error.js';

/** Nest does not construct some request-scoped guards of gateways, and calls the method of their prototype. */
export function notConstructed(guard: object, context: ExecutionContext): UnkeyConfigError {
  const place = `${context.getClass().name}.${context.getHandler().name}`;
  return new UnkeyConfigError(
    `${guard.constructor.name} is request-scoped, and Nest calls it for ${place} without constructing it. ` +
      'Use a guard that is not request-scoped for gateways.',
  );
}

/** The error for a guard whose own steps read a key although the option `gateway` accepts no keys. */
export function readsUnusedKey(guard: object): UnkeyConfigError {
  return new UnkeyConfigError(
    `${guard.constructor.name} overrides extractKey() or verify(), but the option "gateway" accepts only principals, ` +
      "which have no key; remove the method, or set gateway.otherwise to 'verify'.",
  );
}
