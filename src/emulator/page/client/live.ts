/** Milliseconds between two refreshes: the page fetches its state at most ten times a second. */
const INTERVAL = 100;

export type Connection = 'connecting' | 'live' | 'lost';

/**
 * Refreshes when the emulator announces a change. There is one refresh at a time. After a slow one there is a
 * pause, so that the emulator has time for calls.
 */
export class Live {
  #source: EventSource | undefined;
  #busy = false;
  #wanted = false;

  constructor(
    private readonly refresh: () => Promise<void>,
    private readonly show: (connection: Connection) => void,
  ) {
    // A browser has few connections to one server, so a hidden page gives its own back.
    document.addEventListener('visibilitychange', () => (document.hidden ? this.#close() : this.#open()));
    this.#open();
  }

  /** Refreshes as soon as possible. */
  request(): void {
    this.#wanted = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    while (this.#wanted) {
      this.#wanted = false;
      const begin = performance.now();
      await this.refresh();
      const took = performance.now() - begin;
      await new Promise((resolve) => setTimeout(resolve, Math.max(INTERVAL, 2 * took)));
    }
    this.#busy = false;
  }

  #open(): void {
    if (this.#source) return;
    this.show('connecting');
    const source = new EventSource('/_emulator/events');
    source.addEventListener('changed', () => this.request());
    source.addEventListener('open', () => this.show('live'));
    source.addEventListener('error', () => this.show('lost'));
    this.#source = source;
  }

  #close(): void {
    this.#source?.close();
    this.#source = undefined;
  }
}
