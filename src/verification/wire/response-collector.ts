import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { ConnectionError } from './connection.error.js';
import type { WireResponse } from './wire-response.js';

/** The largest response body that is read, in bytes. Unkey's have a few thousand. */
const MAX_BYTES = 1024 * 1024;

/** Gets notified about the progress of a request. Each method is called at most once. */
export interface RequestListener {
  /** The caller got a response or an error. */
  settled(): void;
  /** The dispatcher no longer holds the request. Called only if the request was dispatched. */
  released(): void;
}

/**
 * Collects one response from undici. It knows whether the request may have been sent: undici calls `onRequestStart`
 * right before it writes to a connection. Without that call, the request provably was not sent.
 */
export class ResponseCollector implements Dispatcher.DispatchHandler {
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
    private readonly resolve: (answer: WireResponse) => void,
    private readonly reject: (error: Error) => void,
    private readonly listener: RequestListener,
  ) {}

  /** Cancels the request, whether it was sent or still waits for a connection. */
  cancel(reason: Error): void {
    this.#cancelled = reason;
    this.#rejectWith(reason);
    if (this.#controller !== undefined) this.#abort(this.#controller, reason);
  }

  /** Called if the dispatcher did not accept the request, or failed. */
  fail(error: unknown): void {
    this.#rejectWith(
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
    // Undici may send a request again on a second connection. The verifier decides about retries, not undici.
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

  #rejectWith(error: Error): void {
    this.reject(error);
    this.#settle();
  }

  /** A dispatcher of the user's own may report nothing after an abort, so the request counts as released here. */
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
