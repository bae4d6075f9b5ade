import type { ServerResponse } from 'node:http';

const CHUNK = 64 * 1024;
const HEAD = '{"data":{"padding":"';
const TAIL = '"},"meta":{"requestId":"req_oversized"}}';

/** Sends a JSON document of `bytes` bytes, as fast as the client reads it and without holding all of it in memory. */
export function sendOversize(response: ServerResponse, bytes: number): void {
  let left = bytes - HEAD.length - TAIL.length;
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': bytes });
  response.write(HEAD);
  const write = (): void => {
    while (left > 0) {
      const size = Math.min(CHUNK, left);
      left -= size;
      if (!response.write('x'.repeat(size))) {
        response.once('drain', write);
        return;
      }
    }
    response.end(TAIL);
  };
  write();
}
