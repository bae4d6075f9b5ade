import { styleText } from 'node:util';
import type { Reply } from '../emulator/transport/reply.js';

/** The maximum number of characters that are printed of a text of a request. */
const MAX_TEXT = 60;

/**
 * One line per request: operation, status, code and time; then the start of the key, its id and name from the response,
 * the requested permissions and the remaining credits.
 */
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
  const details = detailsOf(parsed(text), member(answer, 'data')).join(' ');
  const parts = [
    operation.padEnd(28),
    paint(tone, `${status} ${codeOf(answer)}`.padEnd(28)),
    paint('dim', `${ms.toFixed(1)} ms`.padStart(9)),
    details === '' ? '' : paint('dim', details),
  ];
  return parts.join(' ').trimEnd();
}

/** Includes the id, because two keys may have the same start. */
function detailsOf(request: unknown, data: unknown): string[] {
  const key = member(request, 'key');
  const keyId = member(data, 'keyId') ?? member(request, 'keyId');
  const name = member(data, 'name');
  const permissions = member(request, 'permissions');
  const credits = member(data, 'credits');
  return [
    typeof key === 'string' ? shortened(key) : '',
    typeof keyId === 'string' ? printable(keyId) : '',
    typeof keyId === 'string' && typeof name === 'string' ? `'${printable(name)}'` : '',
    typeof permissions === 'string' ? `permissions: ${printable(permissions)}` : '',
    typeof credits === 'number' ? `${credits} ${credits === 1 ? 'credit' : 'credits'} left` : '',
  ].filter((part) => part !== '');
}

/** The code of a verification, or the end of an error's type. */
function codeOf(answer: unknown): string {
  const code = member(member(answer, 'data'), 'code');
  if (typeof code === 'string') return code;
  const type = member(member(answer, 'error'), 'type');
  return typeof type === 'string' ? type.slice(type.lastIndexOf('/') + 1) : '';
}

function shortened(key: string): string {
  const shown = Math.min(key.lastIndexOf('_') + 5, Math.floor(key.length / 2), 16);
  return `${key.slice(0, shown).replace(/[^\x20-\x7e]/g, '?')}…`;
}

/** Makes a caller's text safe to print: control characters could move the cursor or fake a line. */
function printable(text: string): string {
  const line = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT)}…` : line;
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
