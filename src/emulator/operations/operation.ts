import type { RootKey } from '../authentication/root-key.js';
import type { Workspace } from '../store/workspace.js';
import type { Answer } from '../transport/envelope.js';
import type { OperationName, RequestBodies } from '../validation/request-bodies.js';
import type { Shape } from '../validation/shape.js';
import type { SchemaError } from '../validation/validator.js';
import { shapes, validators } from '../validation/validators.generated.js';

/** What an operation works with besides the body. */
export interface OperationContext {
  readonly workspace: Workspace;
  readonly rootKey: RootKey;
  /** The emulator's time in Unix ms, one for the whole call. */
  readonly now: number;
  /** The caller's address as Unkey determines it. */
  readonly clientAddress: () => string;
}

/** A body that the schema accepted, ready to be carried out. */
export type ValidCall = (context: OperationContext) => Answer;

/** One operation of Unkey's API. */
export interface Operation {
  readonly name: OperationName;
  readonly shape: Shape;
  /** The call for a body, or what the schema refuses of it. */
  accept(body: unknown): ValidCall | readonly SchemaError[];
}

/** Joins an operation's name, the schema of that name and what it does. */
export function operation<Name extends OperationName>(
  name: Name,
  carryOut: (body: RequestBodies[Name], context: OperationContext) => Answer,
): Operation {
  return operationOf(name, name, carryOut);
}

/** Joins an operation's name, a schema and what it does. */
export function operationOf<Schema extends keyof RequestBodies>(
  name: OperationName,
  schema: Schema,
  carryOut: (body: RequestBodies[Schema], context: OperationContext) => Answer,
): Operation {
  const validate = validators[schema];
  return {
    name,
    shape: shapes[schema] ?? '*',
    accept: (body) => (validate(body) ? (context) => carryOut(body, context) : (validate.errors ?? [])),
  };
}
