import { FAILED, within } from './within.js';

/** ms for which a store that was late or failed is left alone. */
export const QUIET = 1000;

/** What patience there is for a store: each look has a deadline, and one that is late or fails is left alone. */
export class StoreAccess {
  #quietUntil = -Infinity;

  /**
   * @param timeout ms that one look may take
   * @param tick ms of a clock that does not jump
   */
  constructor(
    private readonly timeout: number,
    private readonly tick: () => number,
  ) {}

  isLeftAlone(): boolean {
    return this.tick() < this.#quietUntil;
  }

  leaveAlone(): void {
    this.#quietUntil = this.tick() + QUIET;
  }

  /** @param timeLeft ms that whoever waits for it has left */
  async attempt<T>(task: () => Promise<T>, timeLeft = Infinity): Promise<T | typeof FAILED> {
    const result = await within(task, Math.min(this.timeout, timeLeft));
    if (result === FAILED) this.leaveAlone();
    return result;
  }
}
