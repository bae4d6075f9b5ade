import { createParamDecorator, type ExecutionContext, type PipeTransform, type Type } from '@nestjs/common';
import type { VerifiedKey } from '../contracts/verified-key.js';
import { injectedKey } from '../transports/verified-key.js';
import { UNKEY_KEY_FACTORY } from './unkey-key-factory.js';

/** The property paths of {@link VerifiedKey} that `@UnkeyKey('…')` accepts. */
export type UnkeyKeyPath = Paths<VerifiedKey>;

type Primitive = string | number | boolean | bigint | symbol | null | undefined;
type Paths<T, Depth extends readonly unknown[] = []> = Depth['length'] extends 6
  ? never
  : {
      [K in keyof T & string]: string extends K
        ? string
        : | K
          | (NonNullable<T[K]> extends Primitive | readonly unknown[]
              ? never
              : `${K}.${Paths<NonNullable<T[K]>, [...Depth, unknown]>}`);
    }[keyof T & string];

type PipeLike = Type<PipeTransform> | PipeTransform;

const inject = createParamDecorator(
  Object.assign(
    (path: UnkeyKeyPath | undefined, context: ExecutionContext): unknown => {
      const key = injectedKey(context);
      return path === undefined ? key : path.split('.').reduce<unknown>(ownProperty, key);
    },
    { [UNKEY_KEY_FACTORY]: true },
  ),
);

/**
 * Injects the verified key, or one property of it by path. It is `undefined` if the guard let the call through without a
 * key. Pipes come last, as with every param decorator of Nest.
 *
 * @throws Error instead of calling the handler, if no guard ran
 * @example
 * list(@UnkeyKey() key: VerifiedKey, @UnkeyKey('identity.externalId') user: string) { … }
 */
export function UnkeyKey(...pipes: PipeLike[]): ParameterDecorator;
export function UnkeyKey(path: UnkeyKeyPath, ...pipes: PipeLike[]): ParameterDecorator;
export function UnkeyKey(...pathAndPipes: (UnkeyKeyPath | PipeLike)[]): ParameterDecorator {
  const [first, ...rest] = pathAndPipes;
  return typeof first === 'string'
    ? inject(first, ...(rest as PipeLike[]))
    : inject(...(pathAndPipes as PipeLike[]));
}

/** Reads own properties only, so that a path can't reach into prototypes. */
function ownProperty(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
