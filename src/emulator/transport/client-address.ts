import type { IncomingMessage } from 'node:http';

/** The caller's address: the first entry of the first `X-Forwarded-For` header, without its port. Without the header, the
 * address of the connection. */
export function clientAddress(request: IncomingMessage): string {
  const at = request.rawHeaders.findIndex(
    (name, i) => i % 2 === 0 && name.toLowerCase() === 'x-forwarded-for',
  );
  const header = at === -1 ? '' : (request.rawHeaders[at + 1] ?? '');
  const first = header
    .split(',')
    .map((entry) => entry.trim())
    .find((entry) => entry !== '');
  if (first === undefined) return request.socket.remoteAddress ?? '';
  return /^\[(.*)\]:\d+$/.exec(first)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(first)?.[1] ?? first;
}
