import type { ServerResponse } from 'node:http';
import type { Reply } from './reply.js';

/** Longer answers are sent in chunks, without their length, as the server does. */
const CHUNKED_FROM = 2048;

/** Sends an answer. */
export function sendReply(response: ServerResponse, { status, headers, body }: Reply): void {
  // Node announces that it keeps the connection, Unkey's server just does.
  if (response.shouldKeepAlive && response.req.httpVersion === '1.1') response.removeHeader('Connection');
  const length = Buffer.byteLength(body);
  response.writeHead(status, length > CHUNKED_FROM ? headers : { ...headers, 'Content-Length': length });
  response.end(body);
}
