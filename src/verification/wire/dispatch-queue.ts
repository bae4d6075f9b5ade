import { AsyncResource } from 'node:async_hooks';
import type { Dispatcher } from 'undici';
import type { Cancellation } from '../cancellation.js';
import { ResponseCollector } from './response-collector.js';
import { ConnectionError } from './connection.error.js';
import type { WireResponse } from './wire-response.js';

/**
 * Sends requests through a dispatcher, at most `limit` at a time. Further requests wait in this queue, first in, first
 * out, and leave it when they are cancelled. Undici has a queue too, but a cancelled request stays in it until a
 * connection is opened, so that queue would grow without limit while connection attempts hang.
 */
export class DispatchQueue {
  /** What dispatches each waiting request. First in, first out. */
  readonly #waiting = new Map<ResponseCollector, () => void>();
  /** Requests in the dispatcher, including those that were cancelled while their connection was being opened. */
  #dispatched = 0;
  /** Requests whose caller still waits for a response. */
  #unsettled = 0;
  #isClosed = false;
  #onIdle: (() => void) | undefined;

  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly limit: number,
  ) {}

  /**
   * Sends one request once and reads its whole response.
   *
   * @throws ConnectionError if there is no response; the cancellation's reason if it is cancelled
   */
  send(request: Dispatcher.DispatchOptions, cancellation: Cancellation): Promise<WireResponse> {
    return new Promise((resolve, reject) => {
      if (cancellation.reason !== undefined) {
        reject(cancellation.reason);
        return;
      }
      if (this.#isClosed) {
        reject(new ConnectionError('ERR_CLOSED', false));
        return;
      }
      const collector = new ResponseCollector(resolve, reject, this.#listener);
      this.#unsettled += 1;
      cancellation.onCancel((reason) => {
        this.#waiting.delete(collector);
        collector.cancel(reason);
      });
      if (this.#dispatched < this.limit && this.#waiting.size === 0) this.#dispatch(request, collector);
      else {
        // Without `bind`, it would run in the async context of the request that makes room, below that one's span.
        const dispatch = AsyncResource.bind(() => this.#dispatch(request, collector));
        this.#waiting.set(collector, dispatch);
      }
    });
  }

  /** Rejects new requests, and resolves when no caller waits for a response any more. */
  close(): Promise<void> {
    this.#isClosed = true;
    return new Promise((resolve) => {
      if (this.#unsettled === 0) resolve();
      else this.#onIdle = resolve;
    });
  }

  readonly #listener = {
    settled: (): void => {
      this.#unsettled -= 1;
      if (this.#unsettled === 0) this.#onIdle?.();
    },
    released: (): void => {
      this.#dispatched -= 1;
      if (this.#waiting.size === 0) return;
      // Undici frees a connection in a setImmediate after the response. This one is scheduled a microtask later, so it
      // runs after that one, and the connection is free for the next request. Each connection is freed by one of its own,
      // so each dispatches one request: a second one would end in undici's queue.
      queueMicrotask(() => setImmediate(() => this.#dispatchNext()));
    },
  };

  #dispatchNext(): void {
    const [next] = this.#waiting;
    if (next === undefined || this.#dispatched >= this.limit) return;
    const [collector, dispatch] = next;
    this.#waiting.delete(collector);
    dispatch();
  }

  #dispatch(request: Dispatcher.DispatchOptions, collector: ResponseCollector): void {
    this.#dispatched += 1;
    try {
      this.dispatcher.dispatch(request, collector);
    } catch (error) {
      // Only a dispatcher of the user's own throws. Those of undici report errors to the collector.
      collector.fail(error);
    }
  }
}
