import type { LoggerService } from '@nestjs/common';

/**
 * How long nothing must fail until an outage counts as over, in ms. Until then, failures and successes can alternate.
 */
const QUIET = 10_000;

/** Logs each kind of outage once until it is over, and its end, instead of once per request. */
export class OutageLog {
  readonly #kinds = new LoggedOnce();
  #lastFailure = 0;

  /**
   * @param texts what is logged when the outage begins and ends, such as `API keys cannot be verified`
   * @param now the clock, in Unix ms
   */
  constructor(
    private readonly logger: LoggerService,
    private readonly texts: { readonly begins: string; readonly ends: string },
    private readonly now: () => number,
  ) {}

  /** @param consequence what callers get, such as `callers get a 503` */
  failed(consequence: string, reason: string): void {
    this.#lastFailure = this.now();
    if (!this.#kinds.add(`${consequence}: ${reason}`)) return;
    this.logger.warn(`${this.texts.begins}; ${consequence}: ${reason}.`);
  }

  /** Reports a successful call. */
  answered(): void {
    if (this.#kinds.isEmpty() || this.now() - this.#lastFailure < QUIET) return;
    this.#kinds.clear();
    this.logger.log?.(this.texts.ends);
  }
}

/** Remembers what was logged: at most 100 texts, because a reason may contain arbitrary text from a proxy. */
export class LoggedOnce {
  readonly #texts = new Set<string>();

  /** Whether this text must be logged now. */
  add(text: string): boolean {
    if (this.#texts.has(text) || this.#texts.size >= 100) return false;
    this.#texts.add(text);
    return true;
  }

  isEmpty(): boolean {
    return this.#texts.size === 0;
  }

  clear(): void {
    this.#texts.clear();
  }
}
