import 'reflect-metadata';

/** The metadata of handlers and classes, under names that no other package uses. */
export const POLICY = {
  public: 'nestjs-unkey:public',
  optional: 'nestjs-unkey:optional',
  permissions: 'nestjs-unkey:permissions',
  credits: 'nestjs-unkey:credits',
  ratelimits: 'nestjs-unkey:ratelimits',
  tags: 'nestjs-unkey:tags',
  keyFrom: 'nestjs-unkey:key-from',
  checks: 'nestjs-unkey:checks',
} as const;

/** One name of {@link POLICY}. */
export type PolicyKey = (typeof POLICY)[keyof typeof POLICY];

/** A class decorator and a method decorator in one. */
export type HandlerDecorator = (
  target: object,
  property?: string | symbol,
  descriptor?: PropertyDescriptor,
) => void;

/**
 * Adds to what stands on a handler or class already: a second `@RequirePermissions()` on one handler must not
 * silently replace the first. What a class inherits is replaced, as Nest's own metadata is.
 */
export function addPolicy(name: PolicyKey, ...values: unknown[]): HandlerDecorator {
  return (target: object, _property?: string | symbol, descriptor?: PropertyDescriptor) => {
    const holder: unknown = descriptor === undefined ? target : descriptor.value;
    if (typeof holder !== 'function') throw new TypeError(`${name} belongs on a class or a method`);
    const own = Reflect.getOwnMetadata(name, holder) as unknown[] | undefined;
    // Decorators run from the lowest to the highest; this keeps the order in which they are read.
    Reflect.defineMetadata(name, [...values, ...(own ?? [])], holder);
  };
}

/** What decorators put on a class or handler under this name, in the order in which they stand there. */
export function readPolicy(name: PolicyKey, holder: object): unknown[] {
  return (Reflect.getMetadata(name, holder) as unknown[] | undefined) ?? [];
}
