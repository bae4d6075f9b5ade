import type { ServerResponse } from 'node:http';
import type { Reply } from './reply.js';

/** Longer bodies are sent in chunks, without `Content-Length`, as by the server. */
const CHUNKED_FROM = 2048;

/** Sends a response. */
export function sendReply(response: ServerResponse, { status, headers, body }: Reply): void {
  // Node sends `Connection: keep-alive`; Unkey's server does not.
  if (response.shouldKeepAlive && response.req.httpVersion === '1.1') response.removeHeader('Connection');
  const length = Buffer.byteLength(body);
  response.writeHead(status, length > CHUNKED_FROM ? headers : { ...headers, 'Content-Length': length });
  response.end(body);
}
