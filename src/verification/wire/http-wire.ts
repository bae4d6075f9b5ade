import type { Dispatcher } from 'undici';
import type { CallerVerifier } from '../../contracts/verifier.js';
import type { ResolvedUnkeyOptions } from '../../options/resolved-options.js';
import { httpVerifier } from './http.verifier.js';

/**
 * Connections to Unkey at once. With Unkey a tenth of a second away they carry more than a thousand verifications a
 * second; what is beyond waits for a free one, within its deadline.
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
    const { baseUrl, rootKey, dispatcher } = options;
    const upstream = { baseUrl, authorization: () => `Bearer ${rootKey?.reveal() ?? ''}` };
    if (dispatcher !== undefined) return new HttpWire(httpVerifier(dispatcher(), upstream), async () => {});
    const pool = await openPool(options);
    return new HttpWire(httpVerifier(pool, upstream), () => pool.close());
  }

  /** Nest calls it when the app has stopped answering, Nest 11 each time; calls on their way get to their end. */
  onApplicationShutdown(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }
}

/** Undici is loaded here and not sooner: that takes its time, and not every app asks Unkey this way. */
async function openPool({ baseUrl, timeout, maxInFlight }: ResolvedUnkeyOptions): Promise<Dispatcher> {
  const { Pool } = await import('undici');
  return new Pool(new URL(baseUrl).origin, {
    connections: Math.min(CONNECTIONS, maxInFlight),
    // So that a second attempt still fits into the deadline.
    connectTimeout: Math.ceil(timeout / 2),
    keepAliveTimeout: IDLE,
    keepAliveMaxTimeout: IDLE,
    // The deadline is over all of it; two more clocks would only cost.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}
