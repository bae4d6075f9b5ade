import { addPolicy, POLICY, type HandlerDecorator } from './policy-metadata.js';

/**
 * No key is looked for and Unkey is not called. `@Public(false)` on a handler undoes the class's.
 *
 * @param on whether it is public; `true` unless given
 * @example
 * @Public()
 * @Get('health')
 * health() { return { ok: true }; }
 */
export function Public(on = true): HandlerDecorator {
  return addPolicy(POLICY.public, on);
}
