import { RequestMethod, VERSION_NEUTRAL, VersioningType, type VersioningOptions } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';

/** What the path of a route is made of. */
export interface RouteParts {
  readonly methodPath: readonly string[];
  /** The versions of `@Version()` or of the controller: one or several. */
  readonly version: VersioningOptions['defaultVersion'];
  readonly requestMethod: number;
}

/**
 * Makes the full paths of the routes of a controller, as Nest registers them: global prefix, URI version, module,
 * controller and method. Nest's own function for it is not exported.
 */
export function routePaths(
  config: ApplicationConfig,
  modulePath: string,
  controllerPath: readonly string[],
): (parts: RouteParts) => string[] {
  const above = joined(joined([''], [modulePath]), controllerPath);
  return (parts) =>
    versionsOf(config, parts).flatMap((version) =>
      joined(above, parts.methodPath).map((path) => {
        // Nest compares exclusions with the path without its version.
        const prefix = isExcludedFromPrefix(config, path, parts.requestMethod)
          ? ''
          : config.getGlobalPrefix();
        return withSlashes(`${withoutEndSlash(prefix)}${version}${path}`);
      }),
    );
}

/** Each version as it is written in the path; one empty string if the path has no version. */
function versionsOf(config: ApplicationConfig, { version }: RouteParts): string[] {
  const versioning = config.getVersioning();
  if (versioning?.type !== VersioningType.URI) return [''];
  const versions = version ?? versioning.defaultVersion;
  if (versions === undefined || versions === '') return [''];
  const prefix = uriPrefix(versioning);
  return [versions].flat().map((one) => (one === VERSION_NEUTRAL ? '' : `/${prefix}${String(one)}`));
}

function uriPrefix(versioning: Extract<VersioningOptions, { type: VersioningType.URI }>): string {
  return versioning.prefix === false ? '' : (versioning.prefix ?? 'v');
}

/** Every path with every fragment behind it. */
function joined(paths: readonly string[], fragments: readonly string[]): readonly string[] {
  if (fragments.length === 0) return paths;
  return paths.flatMap((path) =>
    fragments.map((fragment) => (fragment === '' ? path : withoutEndSlash(path) + withSlash(fragment))),
  );
}

function isExcludedFromPrefix(config: ApplicationConfig, path: string, requestMethod: number): boolean {
  const exclude: unknown = config.getGlobalPrefixOptions().exclude;
  return (
    Array.isArray(exclude) && exclude.some((route) => isExcludedBy(route, withSlash(path), requestMethod))
  );
}

function isExcludedBy(route: unknown, path: string, requestMethod: number): boolean {
  if (typeof route !== 'object' || route === null) return false;
  const method: unknown = Reflect.get(route, 'requestMethod');
  const regex: unknown = Reflect.get(route, 'pathRegex');
  // Nest writes -1 for an exclusion without a method.
  const isForMethod = method === RequestMethod.ALL || method === -1 || method === requestMethod;
  return isForMethod && regex instanceof RegExp && regex.test(path);
}

function withSlash(path: string): string {
  // Express 5 writes an optional part as `{/:id}`.
  return path === '' || path.startsWith('/') || path.startsWith('{/') ? path : `/${path}`;
}

function withoutEndSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

function withSlashes(path: string): string {
  const whole = withSlash(path);
  return whole.length > 1 ? withoutEndSlash(whole) : '/';
}
