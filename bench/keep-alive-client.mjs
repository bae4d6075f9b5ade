// A client that costs next to nothing: sockets, prepared requests, one at a time on each connection.
import { connect } from 'node:net';

/**
 * Sends `request(i)` over so many connections until `seconds` are over; answers how many were done. `took` hears how
 * many ms each answer took.
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
          let text = '';
          let sent = 0;
          const send = () => {
            if (performance.now() >= end) socket.end(resolve);
            else {
              sent = performance.now();
              socket.write(request(next++));
            }
          };
          socket.on('connect', send).on('error', reject);
          socket.on('data', (chunk) => {
            text += chunk.toString('latin1');
            const head = text.indexOf('\r\n\r\n');
            if (head === -1) return;
            const length = /content-length: (\d+)/i.exec(text.slice(0, head))?.[1];
            const complete = length
              ? text.length >= head + 4 + Number(length)
              : text.endsWith('\r\n0\r\n\r\n');
            if (!complete) return;
            if (!check(text)) {
              reject(new Error(`Unexpected answer: ${text}`));
              return;
            }
            took?.(performance.now() - sent);
            done++;
            text = '';
            send();
          });
        }),
    ),
  );
  return done;
}

/** One request as bytes. */
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
