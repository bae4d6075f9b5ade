import type { KeyCheck, ResolvedKeyCheck } from '../contracts/key-check.js';
import { denialOf, isDenialCode } from '../errors/denial-table.js';
import { shown } from './shown-value.js';
import type { UnkeyStatuses } from './unkey-options.js';

const KNOWN = ['check', 'code', 'message', 'status'];

/** Codes that are not denials, so a check must not use them. */
const RESERVED_CODES = new Set<unknown>(['VALID', 'UNKEY_UNAVAILABLE', 'UNKEY_MISCONFIGURED']);

/**
 * Validates a check and fills in the code and status of its rejection.
 *
 * @throws TypeError that says what is wrong with the check
 */
export function resolveKeyCheck(given: KeyCheck, statuses: Readonly<UnkeyStatuses>): ResolvedKeyCheck {
  validate(given);
  const { check, code = 'FORBIDDEN', message, status } = given;
  const configured = isDenialCode(code) ? statuses[code] : undefined;
  return Object.freeze({ check, code, message, status: status ?? configured ?? denialOf(code).status });
}

function validate(given: unknown): void {
  if (typeof given !== 'object' || given === null) {
    throw new TypeError(`a check must be an object with ${KNOWN.join(', ')}, got ${shown(given)}`);
  }
  const unknown = Object.keys(given).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`unknown member "${unknown}"; a check takes ${KNOWN.join(', ')}`);
  }
  const { check, code, message, status }: Partial<Record<keyof KeyCheck, unknown>> = given;
  if (typeof check !== 'function') {
    throw new TypeError(`"check" must be a function (key, context) => boolean, got ${shown(check)}`);
  }
  if (code !== undefined && (typeof code !== 'string' || code === '' || RESERVED_CODES.has(code))) {
    throw new TypeError(`"code" must be your own code, such as 'PLAN_REQUIRED', got ${shown(code)}`);
  }
  if (message !== undefined && (typeof message !== 'string' || message === '')) {
    throw new TypeError(`"message" must be a non-empty string for the caller, got ${shown(message)}`);
  }
  if (status !== undefined && !isClientError(status)) {
    throw new TypeError(`"status" must be an HTTP status from 400 to 499, got ${shown(status)}`);
  }
}

function isClientError(status: unknown): boolean {
  return Number.isInteger(status) && Number(status) >= 400 && Number(status) <= 499;
}
