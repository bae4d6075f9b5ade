import type { IncomingMessage } from 'node:http';

/** The maximum size of a body in bytes. A larger body counts as missing. */
export const MAX_BODY = 10 * 1024 * 1024;
/** Milliseconds until a body must have arrived. A later body counts as missing. */
const DEADLINE = 10_000;
/** How many bytes of a body that is too large are read and discarded, so that the client gets the response. */
const MAX_DISCARDED = 8 * MAX_BODY;

/** The body of a request. */
export interface RequestText {
  readonly text: string;
  /** Whether the connection must not be reused, because more of the body may follow. */
  readonly broken: boolean;
}

/** Reads a body and calls `done` once. If the client disconnects before the end of the body, `done` is not called. */
export function receiveText(request: IncomingMessage, done: (received: RequestText) => void): void {
  let chunks: Buffer[] = [];
  let size = 0;
  let finished = false;
  const finish = (received: RequestText): void => {
    if (finished) return;
    finished = true;
    clearTimeout(timer);
    done(received);
  };
  const timer = setTimeout(() => finish({ text: '', broken: true }), DEADLINE).unref();
  request.on('data', (chunk: Buffer) => {
    if (finished) return;
    size += chunk.length;
    if (size <= MAX_BODY) chunks.push(chunk);
    else chunks = [];
    if (size > MAX_DISCARDED) finish({ text: '', broken: true });
  });
  request.on('end', () => {
    const tooLarge = size > MAX_BODY;
    finish({ text: tooLarge ? '' : textOf(chunks), broken: tooLarge });
  });
  request.on('close', () => clearTimeout(timer));
  request.on('error', () => clearTimeout(timer));
}

/** Invalid UTF-8 becomes U+FFFD. */
function textOf(chunks: readonly Buffer[]): string {
  const [only] = chunks;
  return chunks.length === 1 && only ? only.toString('utf8') : Buffer.concat(chunks).toString('utf8');
}
