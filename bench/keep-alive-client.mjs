// A client that uses very little CPU: plain sockets, prepared requests, one request at a time per connection.
import { connect } from 'node:net';

/**
 * Sends `request(i)` over a number of connections until `seconds` have passed. Returns the number of responses. `took` is
 * called with the duration of each response, in ms.
 */
export async function load({ url, connections, seconds, request, check, took }) {
  const { hostname, port } = new URL(url);
  const end = performance.now() + seconds * 1000;
  let done = 0;
  let next = 0;
  await Promise.all(
    Array.from(
      { length: connections },
      () =>
        new Promise((resolve, reject) => {
          const socket = connect(Number(port), hostname);
          socket.setNoDelay(true);
          const reader = answerReader(check);
          let sent = 0;
          const send = () => {
            sent = performance.now();
            if (sent >= end) socket.end(resolve);
            else socket.write(request(next++));
          };
          socket.on('connect', send).on('error', reject);
          socket.on('data', (chunk) => {
            try {
              if (!reader(chunk)) return;
            } catch (error) {
              reject(error);
              return;
            }
            took?.(performance.now() - sent);
            done++;
            send();
          });
        }),
    ),
  );
  return done;
}

/**
 * Returns a function that detects when a response is complete. The first response is parsed as text. A later one that
 * arrives in one chunk with the same length and status line is not parsed, so that the client does not affect the result.
 */
function answerReader(check) {
  let text = '';
  let usual = Buffer.alloc(0);
  const STATUS_LINE = 12;
  return (chunk) => {
    if (
      text === '' &&
      chunk.length === usual.length &&
      chunk.compare(usual, 0, STATUS_LINE, 0, STATUS_LINE) === 0
    ) {
      return true;
    }
    text += chunk.toString('latin1');
    const head = text.indexOf('\r\n\r\n');
    if (head === -1) return false;
    const length = /content-length: (\d+)/i.exec(text.slice(0, head))?.[1];
    const isComplete = length ? text.length >= head + 4 + Number(length) : text.endsWith('\r\n0\r\n\r\n');
    if (!isComplete) return false;
    if (!check(text)) throw new Error(`Unexpected answer: ${text}`);
    usual = Buffer.from(text, 'latin1');
    text = '';
    return true;
  };
}

/** Returns a request as bytes. */
export function post(url, rootKey, operation, body) {
  const text = JSON.stringify(body);
  return Buffer.from(
    [
      `POST /v2/${operation} HTTP/1.1`,
      `Host: ${new URL(url).host}`,
      `Authorization: Bearer ${rootKey}`,
      'Content-Type: application/json',
      'Accept: application/json',
      `Content-Length: ${Buffer.byteLength(text)}`,
      '',
      text,
    ].join('\r\n'),
  );
}
