import type { UnkeyException } from './unkey.exception.js';

/** Returns the permission query in the body of a denial; `undefined` without the option `exposeRequiredPermissions`. */
export function requiredPermissions(exception: UnkeyException): string | undefined {
  const body = exception.getResponse();
  const required: unknown = typeof body === 'object' ? Reflect.get(body, 'required') : undefined;
  return typeof required === 'string' ? required : undefined;
}
