/**
 * The emulator's clock: real time until a test touches it, from then on it stands still until it is moved.
 *
 * @example
 * unkey.clock.advance(24 * 60 * 60 * 1000); // a day later: windows have passed, daily refills are in
 */
export class EmulatorClock {
  #frozen: number | undefined;
  readonly #initial: number | undefined;

  /** @param initial Unix ms to stand still at from the beginning; without it real time */
  constructor(initial?: number) {
    this.#initial = initial;
    this.#frozen = initial;
  }

  /** The emulator's time in Unix ms. */
  now(): number {
    return this.#frozen ?? Date.now();
  }

  /**
   * Moves the clock forward and stops it there.
   *
   * @param ms milliseconds, not negative
   * @throws {TypeError} if it is not such a number
   */
  advance(ms: number): void {
    if (!Number.isFinite(ms) || ms < 0) {
      throw new TypeError(`clock.advance takes milliseconds, zero or more, and got ${String(ms)}.`);
    }
    this.#frozen = Math.trunc(this.now() + ms);
  }

  /**
   * Stops the clock at a time, which may lie in the past.
   *
   * @param ms Unix ms
   * @throws {TypeError} if it is not such a number
   */
  set(ms: number): void {
    if (!Number.isFinite(ms) || ms < 0) {
      throw new TypeError(`clock.set takes a time in Unix milliseconds and got ${String(ms)}.`);
    }
    this.#frozen = Math.trunc(ms);
  }

  /** @internal back to where it was at the start */
  restart(): void {
    this.#frozen = this.#initial;
  }
}
