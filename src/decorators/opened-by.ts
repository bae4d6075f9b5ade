import 'reflect-metadata';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';

/** The option that makes a handler public, if one does. */
export type OpenedBy = 'public' | 'publicMetadata' | undefined;

/** Returns the option that makes a handler public, if its decorators say nothing about it. */
export function openedBy(
  controller: Parameters<ResolvedUnkeyOptions['public']['includes']>[0],
  handler: object,
  options: Pick<ResolvedUnkeyOptions, 'public' | 'publicMetadata'>,
): OpenedBy {
  if (options.public.includes(controller)) return 'public';
  const isOpen = options.publicMetadata.some((name) => {
    const own: unknown = Reflect.getMetadata(name, handler);
    // Like `Reflector.getAllAndOverride([handler, class])`.
    return (own === undefined ? Reflect.getMetadata(name, controller) : own) === true;
  });
  return isOpen ? 'publicMetadata' : undefined;
}
