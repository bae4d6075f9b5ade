import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { ConnectionError } from './connection.error.js';
import type { WireAnswer } from './wire-answer.js';

/** The largest answer that is read, in bytes; Unkey's have a few thousand. */
const MAX_BYTES = 1024 * 1024;

/** Hears how far a request has come. Each is called once. */
export interface RequestListener {
  /** The caller has its answer or an error. */
  settled(): void;
  /** The dispatcher no longer has the request; called only for a request that was dispatched. */
  released(): void;
}

/**
 * Takes one answer from undici. It knows whether its request was ever put on a connection: undici says so right
 * before it writes, and a request of which it never said so has provably not left.
 */
export class AnswerCollector implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined;
  #isSettled = false;
  #isReleased = false;
  #cancelled: Error | undefined;
  #status = 0;
  #contentType = '';
  #retryAfter: string | undefined;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(
    private readonly resolve: (answer: WireAnswer) => void,
    private readonly reject: (error: Error) => void,
    private readonly listener: RequestListener,
  ) {}

  /** Gives the request up, whether it was sent or still waits for a connection. */
  cancel(reason: Error): void {
    this.#cancelled = reason;
    this.#refuse(reason);
    if (this.#controller !== undefined) this.#abort(this.#controller, reason);
  }

  /** The dispatcher did not take the request, or gave it up. */
  fail(error: unknown): void {
    this.#refuse(
      error instanceof ConnectionError
        ? error
        : new ConnectionError(codeOf(error), this.#controller !== undefined),
    );
    this.#release();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#cancelled !== undefined) {
      this.#abort(controller, this.#cancelled);
      return;
    }
    // Undici may put a request on a second connection; to send it again is not undici's to decide.
    if (this.#controller !== undefined) {
      const error = new ConnectionError('ERR_SENT_ALREADY', true);
      controller.abort(error);
      this.fail(error);
      return;
    }
    this.#controller = controller;
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status < 200) return;
    this.#status = status;
    this.#contentType = headers['content-type'] ?? '';
    this.#retryAfter = headers['retry-after'];
    if (Number(headers['content-length'] ?? 0) > MAX_BYTES) controller.abort(tooLarge());
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_BYTES) controller.abort(tooLarge());
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    const body = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
    this.resolve({
      status: this.#status,
      contentType: this.#contentType,
      retryAfter: this.#retryAfter,
      text: body.toString('utf8'),
    });
    this.#settle();
    this.#release();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  #refuse(error: Error): void {
    this.reject(error);
    this.#settle();
  }

  /** A user's dispatcher may report nothing after an abort, so the request counts as ended here. */
  #abort(controller: Dispatcher.DispatchController, reason: Error): void {
    controller.abort(reason);
    this.#release();
  }

  #settle(): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.listener.settled();
  }

  #release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.listener.released();
  }
}

function tooLarge(): ConnectionError {
  return new ConnectionError('ERR_TOO_LARGE', true);
}

function codeOf(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : 'UNKNOWN';
}
