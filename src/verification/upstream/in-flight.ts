/** Counts the calls to Unkey that are in flight. Verifications and rate limits share one maximum. */
export class InFlight {
  #calls = 0;

  constructor(readonly max: number) {}

  /** Counts a call, or returns `false` if there are too many already. */
  enter(): boolean {
    if (this.#calls >= this.max) return false;
    this.#calls += 1;
    return true;
  }

  leave(): void {
    this.#calls -= 1;
  }
}
