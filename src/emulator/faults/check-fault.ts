import type { Fault } from './fault.js';

type Kind = Fault extends infer One ? (One extends unknown ? keyof One : never) : never;

const KINDS: Readonly<Record<Kind, { expected: string; accepts: (value: unknown) => boolean }>> = {
  latency: {
    expected: 'a number of milliseconds, zero or more',
    accepts: (value) => isInteger(value, 0, 2 ** 31 - 1),
  },
  status: { expected: 'an HTTP status from 200 to 599', accepts: (value) => isInteger(value, 200, 599) },
  hang: { expected: 'true', accepts: (value) => value === true },
  reset: { expected: "'before' or 'midway'", accepts: (value) => value === 'before' || value === 'midway' },
  garbage: { expected: 'true', accepts: (value) => value === true },
  truncate: { expected: 'true', accepts: (value) => value === true },
  oversize: { expected: 'a number of bytes, at least 100', accepts: (value) => isInteger(value, 100) },
  body: { expected: 'a JSON value', accepts: isJson },
};

/**
 * Checks a fault.
 *
 * @throws {TypeError} with one sentence that says what is valid and what the value is
 */
export function checkFault(fault: unknown): asserts fault is Fault {
  const members = typeof fault === 'object' && fault !== null ? Object.entries(fault) : [];
  const [[kind, value] = ['', undefined]] = members;
  const known = Object.entries(KINDS).find(([name]) => name === kind)?.[1];
  if (members.length !== 1 || !known) {
    const got = members.length === 0 ? String(fault) : members.map(([name]) => name).join(', ');
    throw new TypeError(
      `unkey.fail: the fault must have exactly one of ${Object.keys(KINDS).join(', ')}, got ${got}.`,
    );
  }
  if (!known.accepts(value)) {
    throw new TypeError(`unkey.fail: ${kind} must be ${known.expected}, got ${String(value)}.`);
  }
}

function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

function isInteger(value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max;
}
