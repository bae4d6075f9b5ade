import type { Dispatcher } from 'undici';
import type { Cancellation } from '../cancellation.js';
import { AnswerCollector } from './answer-collector.js';
import { ConnectionError } from './connection.error.js';
import type { WireAnswer } from './wire-answer.js';

/**
 * Sends requests through a dispatcher, at most `limit` at a time. The others wait here, first come, first served, and
 * leave as soon as their caller gives up. Undici has a queue too, but a request that is given up stays in it until a
 * connection is made, so while connections hang that queue would grow without bound.
 */
export class DispatchQueue {
  /** In the order in which they came. */
  readonly #waiting = new Map<AnswerCollector, Dispatcher.DispatchOptions>();
  /** Requests that the dispatcher has, including those that were given up while their connection was being made. */
  #dispatched = 0;
  /** Requests whose caller still waits for an answer. */
  #unanswered = 0;
  #isDrainPlanned = false;
  #isClosed = false;
  #onIdle: (() => void) | undefined;

  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly limit: number,
  ) {}

  /**
   * Sends one request once and reads its whole answer.
   *
   * @throws ConnectionError if there is no answer; the cancellation's reason if it is cancelled
   */
  send(request: Dispatcher.DispatchOptions, cancellation: Cancellation): Promise<WireAnswer> {
    return new Promise((resolve, reject) => {
      if (cancellation.reason !== undefined) {
        reject(cancellation.reason);
        return;
      }
      if (this.#isClosed) {
        reject(new ConnectionError('ERR_CLOSED', false));
        return;
      }
      const collector = new AnswerCollector(resolve, reject, this.#listener);
      this.#unanswered += 1;
      cancellation.onCancel((reason) => {
        this.#waiting.delete(collector);
        collector.cancel(reason);
      });
      if (this.#dispatched < this.limit && this.#waiting.size === 0) this.#dispatch(request, collector);
      else this.#waiting.set(collector, request);
    });
  }

  /** Refuses new requests, and resolves when no caller waits for an answer any more. */
  close(): Promise<void> {
    this.#isClosed = true;
    return new Promise((resolve) => {
      if (this.#unanswered === 0) resolve();
      else this.#onIdle = resolve;
    });
  }

  readonly #listener = {
    settled: (): void => {
      this.#unanswered -= 1;
      if (this.#unanswered === 0) this.#onIdle?.();
    },
    released: (): void => {
      this.#dispatched -= 1;
      if (this.#waiting.size === 0 || this.#isDrainPlanned) return;
      this.#isDrainPlanned = true;
      // Undici frees a connection one setImmediate after its answer. A microtask later this one comes after that
      // one, so the connection is free when the next request is dispatched.
      queueMicrotask(() => setImmediate(() => this.#drain()));
    },
  };

  #drain(): void {
    this.#isDrainPlanned = false;
    for (const [collector, request] of this.#waiting) {
      if (this.#dispatched >= this.limit) return;
      this.#waiting.delete(collector);
      this.#dispatch(request, collector);
    }
  }

  #dispatch(request: Dispatcher.DispatchOptions, collector: AnswerCollector): void {
    this.#dispatched += 1;
    try {
      this.dispatcher.dispatch(request, collector);
    } catch (error) {
      // A dispatcher of the user's may throw; undici's own report errors to the collector.
      collector.fail(error);
    }
  }
}
