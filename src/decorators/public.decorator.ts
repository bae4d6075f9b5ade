import { addPolicy, POLICY, type HandlerDecorator } from './policy-metadata.js';

/**
 * Makes a handler or a class public: the guard looks for no key and does not call Unkey. `@Public(false)` on a handler
 * reverts `@Public()` on its class.
 *
 * @param on whether it is public; default: `true`
 * @example
 * @Public()
 * @Get('health')
 * health() { return { ok: true }; }
 */
export function Public(on = true): HandlerDecorator {
  return addPolicy(POLICY.public, on);
}
