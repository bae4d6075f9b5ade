import type { RootKey } from '../authentication/root-key.js';
import type { Workspace } from '../store/workspace.js';
import type { Answer } from '../transport/envelope.js';
import type { OperationName, RequestBodies } from '../validation/request-bodies.js';
import type { Shape } from '../validation/shape.js';
import type { SchemaError } from '../validation/validator.js';
import { shapes, validators } from '../validation/validators.generated.js';

/** What an operation gets besides the body. */
export interface OperationContext {
  readonly workspace: Workspace;
  readonly rootKey: RootKey;
  /** The emulator's time in Unix ms; it does not change during the call. */
  readonly now: number;
  /** The caller's address as Unkey determines it. */
  readonly clientAddress: () => string;
}

/** A valid call, ready to be executed. */
export type ValidCall = (context: OperationContext) => Answer;

/** One operation of Unkey's API. */
export interface Operation {
  readonly name: OperationName;
  readonly shape: Shape;
  /** The call for a body, or the schema's errors. */
  accept(body: unknown): ValidCall | readonly SchemaError[];
}

/** Defines an operation that uses the schema of its own name. */
export function operation<Name extends OperationName>(
  name: Name,
  execute: (body: RequestBodies[Name], context: OperationContext) => Answer,
): Operation {
  return operationOf(name, name, execute);
}

/** Defines an operation that uses another schema. */
export function operationOf<Schema extends keyof RequestBodies>(
  name: OperationName,
  schema: Schema,
  execute: (body: RequestBodies[Schema], context: OperationContext) => Answer,
): Operation {
  const validate = validators[schema];
  return {
    name,
    shape: shapes[schema] ?? '*',
    accept: (body) => (validate(body) ? (context) => execute(body, context) : (validate.errors ?? [])),
  };
}
