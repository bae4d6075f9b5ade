import { givenOwnGuards } from '../decorators/guards-metadata.js';

/** What Nest knows about a controller or provider. */
interface Registered {
  readonly metatype: unknown;
  readonly instance: unknown;
  readonly host?: { readonly injectables: ReadonlyMap<unknown, unknown> };
}

/**
 * Returns the classes for which Nest runs every guard of this package in their `@UseGuards()`. Nest creates guards when
 * it scans the module of a class. It silently drops guards that were applied later, and those of an object that
 * `useFactory` or `useValue` provides.
 */
export function classesWithRunningGuards(registered: readonly Registered[]): WeakSet<object> {
  const classes = new Set<object>();
  const scanned = new Set(
    registered.filter((one) => classOf(one) === one.metatype).map(({ instance }) => instance),
  );
  const dropping = new Set<unknown>();
  for (const one of registered) {
    const metatype = classOf(one);
    if (typeof metatype !== 'function') continue;
    const guards = guardsOf(metatype);
    if (guards.length === 0) continue;
    classes.add(metatype);
    const isScanned = metatype === one.metatype;
    // `useExisting` provides an object that Nest scanned under another token.
    if (!isScanned && scanned.has(one.instance)) continue;
    const injectables = isScanned ? one.host?.injectables : undefined;
    const isRunning = guards.every((guard) => typeof guard === 'object' || injectables?.has(guard));
    if (!isRunning) dropping.add(metatype);
  }
  return new WeakSet([...classes].filter((one) => !dropping.has(one)));
}

/** Returns the class that Nest reports to guards for this object. */
function classOf({ instance, metatype }: Registered): unknown {
  return typeof instance === 'object' && instance !== null ? instance.constructor : metatype;
}

/** Returns the guards of a class and its methods, as `@UseGuards()` got them. */
function guardsOf(metatype: Function): unknown[] {
  return [metatype, ...methodsOf(metatype)].flatMap(givenOwnGuards);
}

function methodsOf({ prototype }: Function): object[] {
  const methods: object[] = [];
  let holder: unknown = prototype;
  while (typeof holder === 'object' && holder !== null && holder !== Object.prototype) {
    for (const { value } of Object.values(Object.getOwnPropertyDescriptors(holder)) as {
      value?: unknown;
    }[]) {
      if (typeof value === 'function') methods.push(value);
    }
    holder = Object.getPrototypeOf(holder);
  }
  return methods;
}
