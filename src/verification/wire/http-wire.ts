import { setMaxListeners } from 'node:events';
import type { Dispatcher } from 'undici';
import type { CallerVerifier } from '../../contracts/verifier.js';
import type { ResolvedUnkeyOptions } from '../../options/resolved-options.js';
import type { Cancellation } from '../cancellation.js';
import { withDeadline } from '../deadline.js';
import { DispatchQueue } from './dispatch-queue.js';
import { httpLimiter, type CountLimits } from './http-limiter.js';
import { httpVerifier } from './http.verifier.js';
import { livenessRequest } from './liveness-request.js';

/**
 * The maximum number of connections to Unkey. If Unkey responds within 100 ms, this is enough for more than a thousand
 * verifications per second. Further calls wait for a free connection, within their deadline.
 */
const MAX_CONNECTIONS = 128;

/** How long an idle connection is kept open, in ms. Unkey's server closes it after 10 s. */
const KEEP_ALIVE = 8000;

/**
 * The connections to Unkey, and the two operations that use them. The connections are in private fields, because they
 * hold the root key.
 */
export class HttpWire {
  readonly #close: () => Promise<void>;
  #closed: Promise<void> | undefined;

  private constructor(
    readonly verify: CallerVerifier,
    readonly countLimits: CountLimits,
    /** Sends one request for Unkey's liveness, and returns the status of the response. */
    readonly liveness: (cancellation: Cancellation) => Promise<number>,
    close: () => Promise<void>,
  ) {
    this.#close = close;
  }

  /** Opens a connection pool, or uses the user's dispatcher, which the user closes. */
  static async open(options: ResolvedUnkeyOptions): Promise<HttpWire> {
    const { baseUrl, rootKey, timeout } = options;
    const { dispatcher, limit, destroy } = await openConnections(options);
    const queue = new DispatchQueue(dispatcher, limit);
    const api = { baseUrl, authorization: () => `Bearer ${rootKey?.reveal() ?? ''}` };
    const alive = livenessRequest(baseUrl);
    return new HttpWire(
      httpVerifier(queue, api),
      httpLimiter(queue, api),
      async (cancellation) => (await queue.send(alive, cancellation)).status,
      async () => {
        // Calls of a guard end by their deadline. A call with a signal of the user's own may have no deadline.
        await withDeadline(() => queue.close(), timeout).catch(() => undefined);
        await destroy();
      },
    );
  }

  /**
   * Called by Nest after the app has stopped serving requests; Nest 11 may call it more than once. Waits for calls in
   * flight.
   */
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
  // It may open any number of connections, so it gets all requests that can be in flight.
  return { dispatcher: dispatcher(), limit: maxInFlight, destroy: async () => {} };
}

/** Undici is loaded only here, because loading takes time and not every app needs it. */
async function openPool({ baseUrl, timeout, maxInFlight }: ResolvedUnkeyOptions): Promise<Connections> {
  const { Pool } = await import('undici');
  const limit = Math.min(MAX_CONNECTIONS, maxInFlight);
  const closing = new AbortController();
  // Each connection adds a listener.
  setMaxListeners(0, closing.signal);
  const pool = new Pool(new URL(baseUrl).origin, {
    connections: limit,
    // Leaves time for a second attempt before the deadline.
    connectTimeout: Math.ceil(timeout / 2),
    // `destroy()` does not end a connection attempt; this signal does.
    connect: { signal: closing.signal },
    keepAliveTimeout: KEEP_ALIVE,
    keepAliveMaxTimeout: KEEP_ALIVE,
    // The deadline covers both; two more timers would only cost time.
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
