/**
 * The emulator's clock. It follows real time until the first `advance()` or `set()`; then it is frozen until you move it
 * again.
 *
 * @example
 * unkey.clock.advance(24 * 60 * 60 * 1000); // a day later: rate limit windows have ended, daily refills were made
 */
export class EmulatorClock {
  #frozen: number | undefined;
  readonly #initial: number | undefined;
  readonly #moved: () => void;

  /**
   * @param initial Unix ms at which the clock is frozen from the start; default: real time
   * @param moved called each time the clock was moved
   */
  constructor(initial?: number, moved: () => void = () => undefined) {
    this.#initial = initial;
    this.#moved = moved;
    this.#frozen = initial;
  }

  /** The emulator's time in Unix ms. */
  now(): number {
    return this.#frozen ?? Date.now();
  }

  /**
   * Moves the clock forward and freezes it there.
   *
   * @param ms milliseconds, not negative
   * @throws {TypeError} if `ms` is negative or not a finite number
   */
  advance(ms: number): void {
    if (!Number.isFinite(ms) || ms < 0) {
      throw new TypeError(
        `clock.advance: ms must be a number of milliseconds, zero or more, got ${String(ms)}.`,
      );
    }
    this.#move(this.now() + ms);
  }

  /**
   * Freezes the clock at a time, which may be in the past.
   *
   * @param ms Unix ms
   * @throws {TypeError} if `ms` is negative or not a finite number
   */
  set(ms: number): void {
    if (!Number.isFinite(ms) || ms < 0) {
      throw new TypeError(`clock.set: ms must be a time in Unix milliseconds, got ${String(ms)}.`);
    }
    this.#move(ms);
  }

  /** @internal whether the clock is frozen */
  get frozen(): boolean {
    return this.#frozen !== undefined;
  }

  /** @internal restores the state of the start */
  restart(): void {
    this.#frozen = this.#initial;
    this.#moved();
  }

  #move(ms: number): void {
    this.#frozen = Math.trunc(ms);
    this.#moved();
  }
}
