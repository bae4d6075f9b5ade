import type { Verification } from '../contracts/verification.js';

/**
 * Whether an answer can be believed at all: it says yes or no, and does not contradict itself. Everything else in
 * it is read as it comes, since Unkey adds fields and codes.
 */
export function isVerification(answer: unknown): answer is Verification {
  if (typeof answer !== 'object' || answer === null) return false;
  const valid: unknown = Reflect.get(answer, 'valid');
  const code: unknown = Reflect.get(answer, 'code');
  if (typeof code !== 'string' || code === '') return false;
  return valid === true ? code === 'VALID' : valid === false && code !== 'VALID';
}

/** What each member is where it is there at all. */
const MEMBERS = new Map<string, (value: unknown) => boolean>(
  Object.entries({
    keyId: isText,
    name: isText,
    meta: isRecord,
    expires: isNumber,
    credits: isNumber,
    enabled: (value: unknown) => typeof value === 'boolean',
    permissions: (value: unknown) => Array.isArray(value) && value.every(isText),
    roles: (value: unknown) => Array.isArray(value) && value.every(isText),
    identity: (value: unknown) => isRecord(value) && isText(value['id']) && isText(value['externalId']),
    ratelimits: (value: unknown) => Array.isArray(value) && value.every(isRatelimit),
  }),
);

/** Whether what is read of an answer is of the types that handlers rely on. */
export function isWellFormed(answer: object): boolean {
  for (const [name, value] of Object.entries(answer)) {
    const isRight = MEMBERS.get(name);
    if (value !== undefined && isRight !== undefined && !isRight(value)) return false;
  }
  return true;
}

function isRatelimit(value: unknown): boolean {
  return (
    isRecord(value) &&
    isText(value['name']) &&
    isNumber(value['limit']) &&
    isNumber(value['duration']) &&
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
