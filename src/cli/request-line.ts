import { styleText } from 'node:util';
import type { Reply } from '../emulator/transport/reply.js';

/** One line about a request: operation, status, code, time, and the key shortened beyond use. */
export function requestLine(
  operation: string,
  text: string,
  { status, body }: Reply,
  ms: number,
  color: boolean,
): string {
  const paint = (format: 'green' | 'yellow' | 'red' | 'dim', part: string): string =>
    color ? styleText(format, part) : part;
  const answer = parsed(body);
  const valid = member(member(answer, 'data'), 'valid');
  const tone = status >= 500 ? 'red' : status >= 400 || valid === false ? 'yellow' : 'green';
  const key = shortened(member(parsed(text), 'key'));
  const parts = [
    operation.padEnd(28),
    paint(tone, `${status} ${codeOf(answer)}`.padEnd(28)),
    paint('dim', `${ms.toFixed(1)} ms`.padStart(9)),
    key === undefined ? '' : paint('dim', key),
  ];
  return parts.join(' ').trimEnd();
}

/** The code of a verification, or the end of an error's type. */
function codeOf(answer: unknown): string {
  const code = member(member(answer, 'data'), 'code');
  if (typeof code === 'string') return code;
  const type = member(member(answer, 'error'), 'type');
  return typeof type === 'string' ? type.slice(type.lastIndexOf('/') + 1) : '';
}

function shortened(key: unknown): string | undefined {
  if (typeof key !== 'string') return undefined;
  const shown = Math.min(key.lastIndexOf('_') + 5, Math.floor(key.length / 2), 16);
  return `${key.slice(0, shown).replace(/[^\x20-\x7e]/g, '?')}…`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
