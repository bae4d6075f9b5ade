import type { ServerResponse } from 'node:http';

/** Milliseconds between two events: at most ten events a second. */
const INTERVAL = 100;
const EVENT = 'event: changed\ndata:\n\n';

/** Server-sent events that announce a change. They contain no data; the page then fetches the new state. */
export class LiveUpdates {
  readonly #streams = new Set<ServerResponse>();
  #timer: NodeJS.Timeout | undefined;
  #latest = -Infinity;

  /** Keeps the response open as a stream of events, until the client disconnects. */
  open(response: ServerResponse): void {
    response.write(EVENT);
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
  }

  /** Sends an event, now or as soon as the previous one is long enough ago. Does nothing while no page is open. */
  notify(): void {
    if (this.#streams.size === 0 || this.#timer) return;
    const wait = Math.max(0, this.#latest + INTERVAL - performance.now());
    this.#timer = setTimeout(() => this.#send(), wait).unref();
  }

  #send(): void {
    this.#timer = undefined;
    this.#latest = performance.now();
    for (const stream of this.#streams) {
      // A client that does not read has an event waiting already.
      if (!stream.writableNeedDrain) stream.write(EVENT);
    }
  }
}
