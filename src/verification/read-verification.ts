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
