import 'reflect-metadata';

/** The metadata keys of the decorators. */
export const POLICY = {
  public: 'nestjs-unkey:public',
  optional: 'nestjs-unkey:optional',
  permissions: 'nestjs-unkey:permissions',
  credits: 'nestjs-unkey:credits',
  ratelimits: 'nestjs-unkey:ratelimits',
  tags: 'nestjs-unkey:tags',
  keyFrom: 'nestjs-unkey:key-from',
  checks: 'nestjs-unkey:checks',
  instance: 'nestjs-unkey:instance',
} as const;

/** One of the keys in {@link POLICY}. */
export type PolicyKey = (typeof POLICY)[keyof typeof POLICY];

/** The metadata key of `@Ratelimit()`. It is not in {@link POLICY}, because it needs neither a key nor an `UnkeyGuard`. */
export const LIMITS = 'nestjs-unkey:limits';

/** A class decorator and a method decorator in one. */
export type HandlerDecorator = (
  target: object,
  property?: string | symbol,
  descriptor?: PropertyDescriptor,
) => void;

/**
 * Adds values to the metadata of a handler or class, so that a second `@RequirePermissions()` on a handler does not
 * silently replace the first. Metadata that a class inherits is replaced, as in Nest itself.
 */
export function addPolicy(name: PolicyKey | typeof LIMITS, ...values: unknown[]): HandlerDecorator {
  return (target: object, _property?: string | symbol, descriptor?: PropertyDescriptor) => {
    const holder: unknown = descriptor === undefined ? target : descriptor.value;
    if (typeof holder !== 'function')
      throw new TypeError(`${name}: use the decorator on a class or a method`);
    const own = Reflect.getOwnMetadata(name, holder) as unknown[] | undefined;
    // Decorators run from bottom to top. Adding in front keeps the order of the source code.
    Reflect.defineMetadata(name, [...values, ...(own ?? [])], holder);
  };
}

/** Returns the values that decorators added to a class or handler under this name, in source order. */
export function readPolicy(name: PolicyKey | typeof LIMITS, holder: object): unknown[] {
  return (Reflect.getMetadata(name, holder) as unknown[] | undefined) ?? [];
}
