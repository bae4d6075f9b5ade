import type { IncomingMessage } from 'node:http';

/** The caller's address: the first one that the first `X-Forwarded-For` names, without its port, else the peer's. */
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
