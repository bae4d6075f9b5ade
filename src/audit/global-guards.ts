import { classOfGuard, isUnkeyGuardClass } from '../decorators/guards-metadata.js';
import type { AuditedApp } from './audited-app.js';
import { isClass, type NestWrapper } from './nest-containers.js';

/** A guard of the whole app. */
export interface GlobalGuard {
  /** The guard's class; `undefined` if it comes from a factory that has not run. */
  readonly guardClass: Function | undefined;
  /** Whether it is `UnkeyGuard`, a subclass, or what a test put in its place. */
  readonly isOurs: boolean;
  readonly isRequestScoped: boolean;
  /** Whether `useExisting` or `useFactory` provides it. */
  readonly isFactory: boolean;
}

/** The global guards in the order in which Nest runs them: request-scoped ones come last. */
export function globalGuards(app: AuditedApp): GlobalGuard[] {
  const { config } = app;
  const standIns = standInsOf(app);
  return [
    ...config.getGlobalGuards().map((guard) => ({
      guardClass: functionOf(classOfGuard(guard)),
      isOurs: isUnkeyGuardClass(classOfGuard(guard)) || standIns.has(guard),
      isRequestScoped: false,
      isFactory: false,
    })),
    ...(app.isPreview ? unmadeGuards(app) : []),
    ...config.getGlobalRequestGuards().map((wrapper) => ofProvider(wrapper, true)),
  ];
}

/** A stub that a test provides under the token `UnkeyGuard` or a subclass. */
function standInsOf({ modules }: AuditedApp): Set<unknown> {
  const providers = [...modules.values()].flatMap((module) => [...module.providers]);
  return new Set(
    providers
      .filter(([token, { instance }]) => isUnkeyGuardClass(token) && Boolean(instance))
      .map(([, { instance }]): unknown => instance),
  );
}

/** In Nest's preview, `APP_GUARD` with a factory (`useExisting` is one too) has provided no guard. */
function unmadeGuards({ modules }: AuditedApp): GlobalGuard[] {
  return [...modules.values()]
    .flatMap((module) => [...module.providers])
    .filter(([token, { instance }]) => String(token).startsWith('APP_GUARD') && !instance)
    .map(([, wrapper]) => ofProvider(wrapper, false));
}

function ofProvider({ metatype, inject }: NestWrapper, isRequestScoped: boolean): GlobalGuard {
  const known: unknown[] = inject ?? [metatype];
  const ours = known.find(isUnkeyGuardClass);
  return {
    guardClass: functionOf(ours ?? known[0]),
    isOurs: ours !== undefined,
    isRequestScoped,
    isFactory: Boolean(inject),
  };
}

function functionOf(value: unknown): Function | undefined {
  return isClass(value) ? value : undefined;
}
