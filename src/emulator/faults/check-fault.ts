import type { Fault } from './fault.js';

type Kind = Fault extends infer One ? (One extends unknown ? keyof One : never) : never;

const KINDS: Readonly<Record<Kind, { takes: string; accepts: (value: unknown) => boolean }>> = {
  latency: { takes: 'milliseconds, zero or more', accepts: (value) => isInteger(value, 0, 2 ** 31 - 1) },
  status: { takes: 'an HTTP status from 200 to 599', accepts: (value) => isInteger(value, 200, 599) },
  hang: { takes: 'true', accepts: (value) => value === true },
  reset: { takes: "'before' or 'midway'", accepts: (value) => value === 'before' || value === 'midway' },
  garbage: { takes: 'true', accepts: (value) => value === true },
  truncate: { takes: 'true', accepts: (value) => value === true },
  oversize: { takes: 'a number of bytes, at least 100', accepts: (value) => isInteger(value, 100) },
  body: { takes: 'a JSON value', accepts: isJson },
};

/**
 * Refuses what is no fault.
 *
 * @throws {TypeError} with one sentence that says what it got and what it takes
 */
export function checkFault(fault: unknown): void {
  const members = typeof fault === 'object' && fault !== null ? Object.entries(fault) : [];
  const [[kind, value] = ['', undefined]] = members;
  const known = Object.entries(KINDS).find(([name]) => name === kind)?.[1];
  if (members.length !== 1 || !known) {
    const got = members.length === 0 ? String(fault) : members.map(([name]) => name).join(', ');
    throw new TypeError(`unkey.fail takes one of ${Object.keys(KINDS).join(', ')} and got ${got}.`);
  }
  if (!known.accepts(value)) {
    throw new TypeError(`unkey.fail: ${kind} takes ${known.takes} and got ${String(value)}.`);
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
