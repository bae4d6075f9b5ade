import { UnkeyException } from './unkey.exception.js';

const PROBLEM_DETAILS = Symbol.for('nestjs-unkey:problem-details');

interface Marked {
  readonly [PROBLEM_DETAILS]?: boolean;
}

/** Records whether the instance that rejected a request sends rejections as problem details. */
export function markProblemDetails(denial: UnkeyException, isProblem: boolean): void {
  Object.defineProperty(denial, PROBLEM_DETAILS, { value: isProblem, configurable: true });
}

/** The exceptions for the filter of a named instance: its own rejections, or those of another one with the option. */
export abstract class ProblemRejection {
  static [Symbol.hasInstance](value: unknown): boolean {
    return markOf(value) === true;
  }
}

/** The exceptions for the filter of the instance without a name: also those that no instance rejected a request with. */
export abstract class ProblemException {
  static [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof UnkeyException && markOf(value) !== false;
  }
}

function markOf(value: unknown): boolean | undefined {
  return value instanceof UnkeyException ? (value as Marked)[PROBLEM_DETAILS] : undefined;
}
