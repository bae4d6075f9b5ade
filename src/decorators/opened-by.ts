import 'reflect-metadata';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';

/** The option that makes a handler public, if one does. */
export type OpenedBy = 'public' | 'publicMetadata' | undefined;

/** Which option makes a handler public whose own decorators say nothing about it. */
export function openedBy(
  controller: Parameters<ResolvedUnkeyOptions['public']['includes']>[0],
  handler: object,
  options: Pick<ResolvedUnkeyOptions, 'public' | 'publicMetadata'>,
): OpenedBy {
  if (options.public.includes(controller)) return 'public';
  const isOpen = options.publicMetadata.some((name) => {
    const own: unknown = Reflect.getMetadata(name, handler);
    // As `Reflector.getAllAndOverride([handler, class])` has it.
    return (own === undefined ? Reflect.getMetadata(name, controller) : own) === true;
  });
  return isOpen ? 'publicMetadata' : undefined;
}
