import type { IncomingMessage } from 'node:http';

/** The largest body in bytes; a larger one counts as none. */
export const MAX_BODY = 10 * 1024 * 1024;
/** Milliseconds within which a body must have arrived; a later one counts as none. */
const DEADLINE = 10_000;
/** How much of a body that is too large is taken and thrown away, so that its sender hears the answer. */
const MAX_DISCARDED = 8 * MAX_BODY;

/** The body of a request. */
export interface RequestText {
  readonly text: string;
  /** Whether the connection cannot be used again, since more of the body may come. */
  readonly broken: boolean;
}

/** Collects a body and hands it over once; never, if the sender goes away before its end. */
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

/** Bytes that are not UTF-8 become U+FFFD. */
function textOf(chunks: readonly Buffer[]): string {
  const [only] = chunks;
  return chunks.length === 1 && only ? only.toString('utf8') : Buffer.concat(chunks).toString('utf8');
}
