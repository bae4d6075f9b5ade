/** The window is divided into slots of one second. */
const SLOTS = 10;
const SLOT_MS = 1000;

/** Counts calls and failures of the last ten seconds, in a fixed amount of memory. */
export class FailureWindow {
  readonly #calls = new Uint32Array(SLOTS);
  readonly #failures = new Uint32Array(SLOTS);
  #current = 0;

  /** @param now a monotonic clock, in ms */
  add(failed: boolean, now: number): void {
    this.#moveTo(now);
    const slot = this.#current % SLOTS;
    this.#calls[slot] = (this.#calls[slot] ?? 0) + 1;
    if (failed) this.#failures[slot] = (this.#failures[slot] ?? 0) + 1;
  }

  calls(now: number): number {
    this.#moveTo(now);
    return sum(this.#calls);
  }

  /** From 0 to 1; 0 if there were no calls. */
  failureRate(now: number): number {
    const calls = this.calls(now);
    return calls === 0 ? 0 : sum(this.#failures) / calls;
  }

  clear(): void {
    this.#calls.fill(0);
    this.#failures.fill(0);
  }

  #moveTo(now: number): void {
    const current = Math.floor(now / SLOT_MS);
    const passed = Math.min(current - this.#current, SLOTS);
    for (let n = 0; n < passed; n++) {
      const slot = (current - n) % SLOTS;
      this.#calls[slot] = 0;
      this.#failures[slot] = 0;
    }
    if (passed > 0) this.#current = current;
  }
}

function sum(slots: Uint32Array): number {
  return slots.reduce((total, count) => total + count, 0);
}
