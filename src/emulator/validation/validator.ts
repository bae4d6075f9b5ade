import type { RequestBodies } from './request-bodies.js';

/** What a compiled schema says about one value that it refuses. */
export interface SchemaError {
  instancePath: string;
  /** `#` and the path of the keyword, for example `#/properties/key/minLength`. */
  schemaPath: string;
  keyword: string;
  params: Readonly<Record<string, unknown>>;
}

/** A compiled schema; `errors` tells of its latest refusal. */
export interface Validator<Body> {
  (data: unknown): data is Body;
  errors?: SchemaError[] | null;
}

/** The compiled schemas by operation. */
export type Validators = { readonly [Name in keyof RequestBodies]: Validator<RequestBodies[Name]> };
