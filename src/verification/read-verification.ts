import type { Verification } from '../contracts/verification.js';

/**
 * Whether a value is a verification: it has `valid` and `code`, and they do not contradict each other. Other fields and
 * unknown codes are accepted, because Unkey may add some.
 */
export function isVerification(answer: unknown): answer is Verification {
  if (!isRecord(answer)) return false;
  const { valid, code } = answer;
  if (typeof code !== 'string' || code === '') return false;
  return valid === true ? code === 'VALID' : valid === false && code !== 'VALID';
}

/** Whether the known fields of a verification have the types that handlers rely on. */
export function isWellFormed(answer: Verification): boolean {
  return (
    isAbsentOr(answer.keyId, isText) &&
    isAbsentOr(answer.keyspaceId, isText) &&
    isAbsentOr(answer.name, isText) &&
    isAbsentOr(answer.meta, isRecord) &&
    isAbsentOr(answer.expires, isNumber) &&
    isAbsentOr(answer.credits, isNumber) &&
    isAbsentOr(answer.enabled, (value) => typeof value === 'boolean') &&
    isAbsentOr(answer.permissions, (value) => isListOf(value, isText)) &&
    isAbsentOr(answer.roles, (value) => isListOf(value, isText)) &&
    isAbsentOr(answer.identity, isIdentity) &&
    isAbsentOr(answer.ratelimits, (value) => isListOf(value, isRatelimit))
  );
}

function isAbsentOr(value: unknown, hasType: (value: unknown) => boolean): boolean {
  return value === undefined || hasType(value);
}

function isListOf(value: unknown, hasType: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(hasType);
}

function isIdentity(value: unknown): boolean {
  return (
    isRecord(value) &&
    isText(value['id']) &&
    isText(value['externalId']) &&
    isAbsentOr(value['meta'], isRecord) &&
    isAbsentOr(value['ratelimits'], (limits) => isListOf(limits, isConfiguredRatelimit))
  );
}

function isConfiguredRatelimit(value: unknown): boolean {
  return isRecord(value) && isText(value['name']) && isNumber(value['limit']) && isNumber(value['duration']);
}

function isRatelimit(value: unknown): boolean {
  return (
    isConfiguredRatelimit(value) &&
    isRecord(value) &&
    isNumber(value['remaining']) &&
    isNumber(value['reset']) &&
    typeof value['exceeded'] === 'boolean'
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
