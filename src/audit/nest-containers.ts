import * as common from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';

/** A module of an app, as Nest keeps it. */
export type NestModule = ModulesContainer extends Map<string, infer T> ? T : never;

/** A controller or provider of a module, as Nest keeps it. */
export type NestWrapper = NestModule['providers'] extends Map<unknown, infer T> ? T : never;

/** A class as decorators see it. */
export type Class = common.Type & { prototype: object };

/** Detected by a name that only Nest 12 exports: its packages do not export their `package.json`. */
export function isNest12(): boolean {
  return 'stripProtoKeys' in common;
}

/**
 * The class whose methods Nest calls; `undefined` for values, and for factories that have not run.
 *
 * A provider with a factory has the factory instead of the class.
 */
export function classOf({ metatype, inject, instance }: NestWrapper): Class | undefined {
  if (metatype !== null && metatype !== undefined && !inject) return isClass(metatype) ? metatype : undefined;
  const constructor: unknown = isObject(instance) ? instance.constructor : undefined;
  return isClass(constructor) && constructor !== Object ? constructor : undefined;
}

export function isClass(value: unknown): value is Class {
  return typeof value === 'function' && isObject(value.prototype);
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
