import type { UnkeyPing } from '../contracts/unkey-state.js';
import { DeadlineError, withDeadline } from './deadline.js';
import { ConnectionError } from './wire/connection.error.js';
import type { HttpWire } from './wire/http-wire.js';

/** The longest delay of a timer of Node, in ms. Node replaces a longer one with 1 ms. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/**
 * Checks whether Unkey is reachable, with `GET /v2/liveness`. Sends no key and no root key, and ignores the circuit
 * breaker, so that a health check never opens it.
 */
export class Liveness {
  #opened: Promise<HttpWire> | undefined;

  /**
   * @param wire the connections that verify keys; `undefined` if keys are verified otherwise
   * @param open opens connections of its own, at the first ping, if there is no `wire`
   */
  constructor(
    private readonly wire: HttpWire | undefined,
    private readonly open: () => Promise<HttpWire>,
  ) {}

  /**
   * Never rejects.
   *
   * @param timeout ms
   */
  async ping(timeout: number): Promise<UnkeyPing> {
    if (typeof timeout !== 'number' || !(timeout > 0 && timeout <= MAX_TIMEOUT)) {
      const reason = `"timeout" must be a number of milliseconds from 1 to ${MAX_TIMEOUT}, got ${String(timeout)}`;
      return { reachable: false, ms: 0, reason };
    }
    const begun = performance.now();
    const reason = await this.#fault(timeout);
    const ms = Math.round(performance.now() - begun);
    return reason === undefined ? { reachable: true, ms } : { reachable: false, ms, reason };
  }

  /** Called by Nest when the app closes. A later ping opens no connections. */
  async onApplicationShutdown(): Promise<void> {
    this.#opened ??= Promise.reject(new ConnectionError('ERR_CLOSED', false));
    const opened = await this.#opened.catch(() => undefined);
    await opened?.onApplicationShutdown();
  }

  /** Returns why Unkey cannot be reached, or `undefined`. */
  async #fault(timeout: number): Promise<string | undefined> {
    try {
      const status = await withDeadline(async (deadline) => {
        const wire = this.wire ?? (await (this.#opened ??= this.open()));
        try {
          return await wire.liveness(deadline);
        } catch (error) {
          // Unkey may have closed a kept connection just now.
          if (deadline.reason !== undefined || !(error instanceof ConnectionError)) throw error;
          return wire.liveness(deadline);
        }
      }, timeout);
      return status === 200 ? undefined : `Unkey returned ${status}`;
    } catch (error) {
      // These errors contain nothing of the request. Others can, such as those of the app's own dispatcher.
      return error instanceof ConnectionError || error instanceof DeadlineError
        ? error.message
        : 'the connection to Unkey failed';
    }
  }
}
