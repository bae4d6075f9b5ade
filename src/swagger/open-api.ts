import type { OpenAPIObject } from '@nestjs/swagger';

// `@nestjs/swagger` exports the type of a document, but not those of its parts.

export type Components = NonNullable<OpenAPIObject['components']>;
export type Schemas = NonNullable<Components['schemas']>;
export type Responses = NonNullable<Components['responses']>;
export type SecuritySchemes = NonNullable<Components['securitySchemes']>;
export type Response = Exclude<Responses[string], Reference>;
export type PathItem = OpenAPIObject['paths'][string];
export type Operation = NonNullable<PathItem['get']>;

/** Schemes that are all required; a list of these holds alternatives. */
export type SecurityRequirement = NonNullable<OpenAPIObject['security']>[number];

export interface Reference {
  $ref: string;
}

/** Returns the operation of a path; also for methods that the type of a path item does not name, such as `search`. */
export function operationAt(
  paths: OpenAPIObject['paths'],
  path: string,
  method: string,
): Operation | undefined {
  const item = Object.hasOwn(paths, path) ? paths[path] : undefined;
  const operation: unknown = item === undefined ? undefined : Reflect.get(item, method);
  return isOperation(operation) ? operation : undefined;
}

function isOperation(value: unknown): value is Operation {
  return typeof value === 'object' && value !== null && 'responses' in value;
}
