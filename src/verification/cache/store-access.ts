import { FAILED, withTimeout } from './with-timeout.js';

/** How long a store is not used after it was late or failed, in ms. */
export const PAUSE = 1000;

/** Limits the time of each access to a store, and pauses the store after an access that is late or fails. */
export class StoreAccess {
  #pausedUntil = -Infinity;

  /**
   * @param timeout the maximum time of one access, in ms
   * @param tick a monotonic clock, in ms
   */
  constructor(
    private readonly timeout: number,
    private readonly tick: () => number,
  ) {}

  isPaused(): boolean {
    return this.tick() < this.#pausedUntil;
  }

  pause(): void {
    this.#pausedUntil = this.tick() + PAUSE;
  }

  /** @param timeLeft how long the caller can wait, in ms */
  async attempt<T>(task: () => Promise<T>, timeLeft = Infinity): Promise<T | typeof FAILED> {
    const result = await withTimeout(task, Math.min(this.timeout, timeLeft));
    if (result === FAILED) this.pause();
    return result;
  }
}
