import { ApiError, type ErrorEntry } from '../api-error.js';
import type { Operation, ValidCall } from '../operations/operation.js';
import { decodeBody, UndecodableBody } from './decode-body.js';
import { hasOtherLetterCase } from './member-name.js';
import { inspectJson, withoutLoneSurrogates } from './inspect-json.js';
import { describeViolations } from './violations.js';

/** A body that passed the schema. */
export interface ReadBody {
  readonly call: ValidCall;
  /** Whether the body must be rejected after the root key check: it passes the schema, but the server cannot decode it. */
  readonly undecodable: boolean;
}

/** Parses a body. Returns nothing for invalid JSON, and for JSON that the server does not accept. */
export function parseBody(text: string): { value: unknown; special: boolean } | undefined {
  try {
    // Before parsing, so that extremely deep JSON never reaches `JSON.parse`.
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
  if (!parsed) throw bodyError(operation, 'The body is not valid JSON.');
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
  const fix = 'Send one JSON document that matches the schema of this operation.';
  return schemaError(operation, [{ location: 'requestBody', message, fix }]);
}

function schemaError({ name }: Operation, entries: readonly ErrorEntry[]): ApiError {
  return new ApiError('invalidInput', `The body is invalid for ${name}.`, entries);
}
