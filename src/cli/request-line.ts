import { styleText } from 'node:util';
import { codeOf, member, parsedJson, shortenedKey } from '../emulator/transport/call-summary.js';
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
  const answer = parsedJson(body);
  const valid = member(member(answer, 'data'), 'valid');
  const tone = status >= 500 ? 'red' : status >= 400 || valid === false ? 'yellow' : 'green';
  const details = detailsOf(parsedJson(text), member(answer, 'data')).join(' ');
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
    typeof key === 'string' ? shortenedKey(key) : '',
    typeof keyId === 'string' ? printable(keyId) : '',
    typeof keyId === 'string' && typeof name === 'string' ? `'${printable(name)}'` : '',
    typeof permissions === 'string' ? `permissions: ${printable(permissions)}` : '',
    typeof credits === 'number' ? `${credits} ${credits === 1 ? 'credit' : 'credits'} left` : '',
  ].filter((part) => part !== '');
}

/** Makes a caller's text safe to print: control characters could move the cursor or fake a line. */
function printable(text: string): string {
  const line = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT)}…` : line;
}
