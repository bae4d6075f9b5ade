import { ApiError, type ErrorEntry } from '../api-error.js';
import type { Operation, ValidCall } from '../operations/operation.js';
import { decodeBody, UndecodableBody } from './decode-body.js';
import { hasOtherLetterCase } from './member-name.js';
import { inspectJson, withoutLoneSurrogates } from './inspect-json.js';
import { describeViolations } from './violations.js';

/** A body that passed the schema. */
export interface ReadBody {
  readonly call: ValidCall;
  /** What is refused after the root key was checked: text that the schema takes and the server cannot decode. */
  readonly undecodable: boolean;
}

/** The value of a body's text; nothing if it is no JSON, or none that the server reads. */
export function parseBody(text: string): { value: unknown; special: boolean } | undefined {
  try {
    // First, since it costs nothing but time to look at text that is nested beyond measure.
    const kind = inspectJson(text);
    if (kind === 'refused') return undefined;
    const value: unknown = JSON.parse(text);
    return { value, special: kind === 'special' };
  } catch {
    return undefined;
  }
}

/**
 * Checks a body against an operation's schema.
 *
 * @throws {ApiError} 400
 */
export function readBody(raw: string, operation: Operation): ReadBody {
  if (raw === '') throw bodyError(operation, 'The request has no body.');
  const text = withoutLoneSurrogates(raw);
  const parsed = parseBody(text);
  if (!parsed) throw bodyError(operation, 'The body is not JSON that can be read.');
  const call = operation.accept(parsed.value);
  if (typeof call !== 'function') {
    throw schemaError(operation, describeViolations(call));
  }
  const special = parsed.special || hasOtherLetterCase(parsed.value, operation.shape);
  return { call, undecodable: special && !decodeInto(parsed.value, text, operation) };
}

function decodeInto(value: unknown, text: string, operation: Operation): boolean {
  try {
    const decoded = decodeBody(text, operation.shape);
    if (typeof value === 'object' && value !== null) Object.assign(value, decoded);
    return true;
  } catch (error) {
    if (error instanceof UndecodableBody) return false;
    throw error;
  }
}

function bodyError(operation: Operation, message: string): ApiError {
  const fix = 'Send one JSON document that the schema of this operation allows.';
  return schemaError(operation, [{ location: 'requestBody', message, fix }]);
}

function schemaError({ name }: Operation, entries: readonly ErrorEntry[]): ApiError {
  return new ApiError('invalidInput', `The body is not one that ${name} takes.`, entries);
}
