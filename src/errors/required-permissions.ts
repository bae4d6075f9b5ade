import type { UnkeyException } from './unkey.exception.js';

/** The permission query that a refusal tells its caller, if the option `exposeRequiredPermissions` lets it. */
export function requiredPermissions(exception: UnkeyException): string | undefined {
  const body = exception.getResponse();
  const required: unknown = typeof body === 'object' ? Reflect.get(body, 'required') : undefined;
  return typeof required === 'string' ? required : undefined;
}
