import type { AuditedApp } from './audited-app.js';
import { isObject, type NestModule } from './nest-containers.js';

/** The token under which `GraphQLModule` has its options. */
const OPTIONS = 'GqlModuleOptions';

/**
 * Whether Nest runs guards for field and reference resolvers of a module: `fieldResolverEnhancers` has `'guards'` in
 * every `GraphQLModule` that serves the module. `undefined` if there is none, or if a factory that has not run provides
 * its options.
 */
export function guardsFields({ modules }: AuditedApp, module: NestModule): boolean | undefined {
  const serving = [...modules.values()]
    .filter(({ providers }) => providers.has(OPTIONS))
    .map(({ providers }): unknown => providers.get(OPTIONS)?.instance)
    .filter((options) => serves(options, module, modules));
  if (serving.length === 0 || !serving.every(isObject)) return undefined;
  return serving.every((options) => listOf(options, 'fieldResolverEnhancers').includes('guards'));
}

/** The option `include` names modules; their imports are served too. */
function serves(options: unknown, module: NestModule, modules: AuditedApp['modules']): boolean {
  const included = isObject(options) ? listOf(options, 'include') : [];
  if (included.length === 0) return true;
  const reached = new Set([...modules.values()].filter(({ metatype }) => included.includes(metatype)));
  // A set visits what is added to it on the way.
  for (const { imports } of reached) for (const imported of imports) reached.add(imported);
  return reached.has(module);
}

function listOf(options: object, name: string): unknown[] {
  const list: unknown = Reflect.get(options, name);
  return Array.isArray(list) ? list : [];
}
