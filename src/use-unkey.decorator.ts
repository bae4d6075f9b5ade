import { applyDecorators, UseGuards } from '@nestjs/common';
import type { ChosenName } from './decorators/chosen-instance.js';
import { addPolicy, POLICY, type HandlerDecorator } from './decorators/policy-metadata.js';
import { UnkeyGuard } from './unkey.guard.js';

/**
 * Verifies the keys of a class or handler with a named instance: its root key, options, cache and circuit breaker apply
 * instead of those of the instance without a name. On a handler, it replaces the one on the class. It applies the guard,
 * so `@UseGuards(UnkeyGuard)` is not needed.
 *
 * A subclass of the guard on the same handler or class runs its own steps with that instance: `this.unkey` and
 * `this.options` are the named instance's there.
 *
 * Startup fails if there is no instance with this name.
 *
 * @param name the `name` in `UnkeyModule.forRoot({ name })`
 * @example
 * @UseUnkey('internal')
 * @Controller('admin')
 * export class AdminController {}
 */
export function UseUnkey(name: string): HandlerDecorator {
  return applyDecorators(addPolicy(POLICY.instance, { name } satisfies ChosenName), UseGuards(UnkeyGuard));
}
