import { setMaxListeners } from 'node:events';
import type { Dispatcher } from 'undici';
import type { CallerVerifier } from '../../contracts/verifier.js';
import type { ResolvedUnkeyOptions } from '../../options/resolved-options.js';
import { withDeadline } from '../deadline.js';
import { DispatchQueue } from './dispatch-queue.js';
import { httpVerifier } from './http.verifier.js';

/**
 * Connections to Unkey at once. If Unkey answers in a tenth of a second, they carry more than a thousand verifications
 * a second. Further calls wait for a free connection, within their deadline.
 */
const CONNECTIONS = 128;

/** ms; Unkey's server closes an idle connection after 10 s. */
const IDLE = 8000;

/** The connections to Unkey, and verification over them. In private fields: a connection knows what it sends. */
export class HttpWire {
  readonly #close: () => Promise<void>;
  #closed: Promise<void> | undefined;

  private constructor(
    readonly verify: CallerVerifier,
    close: () => Promise<void>,
  ) {
    this.#close = close;
  }

  /** Over a pool of its own, or over the user's dispatcher, which stays the user's to close. */
  static async open(options: ResolvedUnkeyOptions): Promise<HttpWire> {
    const { baseUrl, rootKey, timeout } = options;
    const { dispatcher, limit, destroy } = await openConnections(options);
    const queue = new DispatchQueue(dispatcher, limit);
    const upstream = { baseUrl, authorization: () => `Bearer ${rootKey?.reveal() ?? ''}` };
    return new HttpWire(httpVerifier(queue, upstream), async () => {
      // Each call of a guard ends by its deadline; a call with a signal of the user's own may have none.
      await withDeadline(() => queue.close(), timeout).catch(() => undefined);
      await destroy();
    });
  }

  /** Nest calls it when the app has stopped answering, Nest 11 each time; calls on their way get to their end. */
  onApplicationShutdown(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }
}

interface Connections {
  readonly dispatcher: Dispatcher;
  /** How many requests the dispatcher gets at a time. */
  readonly limit: number;
  readonly destroy: () => Promise<void>;
}

async function openConnections(options: ResolvedUnkeyOptions): Promise<Connections> {
  const { dispatcher, maxInFlight } = options;
  if (dispatcher === undefined) return openPool(options);
  // Nobody knows how many connections it makes, so it gets all requests that may be in flight.
  return { dispatcher: dispatcher(), limit: maxInFlight, destroy: async () => {} };
}

/** Undici is loaded here and not sooner: that takes its time, and not every app asks Unkey this way. */
async function openPool({ baseUrl, timeout, maxInFlight }: ResolvedUnkeyOptions): Promise<Connections> {
  const { Pool } = await import('undici');
  const limit = Math.min(CONNECTIONS, maxInFlight);
  const closing = new AbortController();
  // One listener for each connection.
  setMaxListeners(0, closing.signal);
  const pool = new Pool(new URL(baseUrl).origin, {
    connections: limit,
    // So that a second attempt still fits into the deadline.
    connectTimeout: Math.ceil(timeout / 2),
    // `destroy()` leaves a connection that is being made to its timeout; this ends it.
    connect: { signal: closing.signal },
    keepAliveTimeout: IDLE,
    keepAliveMaxTimeout: IDLE,
    // The deadline is over all of it; two more clocks would only cost.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    dispatcher: pool,
    limit,
    destroy: async () => {
      await pool.destroy();
      closing.abort();
    },
  };
}
