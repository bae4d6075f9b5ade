import type { RequestBodies } from './request-bodies.js';

/** An error of a compiled schema about one value. */
export interface SchemaError {
  instancePath: string;
  /** `#` and the path of the keyword, for example `#/properties/key/minLength`. */
  schemaPath: string;
  keyword: string;
  params: Readonly<Record<string, unknown>>;
}

/** A compiled schema; `errors` holds the errors of the latest call. */
export interface Validator<Body> {
  (data: unknown): data is Body;
  errors?: SchemaError[] | null;
}

/** The compiled schemas by operation. */
export type Validators = { readonly [Name in keyof RequestBodies]: Validator<RequestBodies[Name]> };
