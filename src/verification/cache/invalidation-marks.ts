import type { AsyncStore } from './async-store.js';
import { QUIET, type StoreAccess } from './store-access.js';

/** So many marks are owed to a store at most; beyond that it is told that all is invalid. */
const MOST_OWED = 1000;
/** ms that a mark stays at least: longer than any answer that another instance may have put there before it. */
const LIFETIME = 24 * 60 * 60 * 1000;
const EVERYTHING = '*';

export interface MarksParts {
  readonly access: StoreAccess;
  /** Unix ms. */
  readonly now: () => number;
  /** ms that this instance's own answers live at most. */
  readonly answersLive: number;
  /** The name of a mark in the store. */
  readonly nameOf: (id: string) => string;
}

/**
 * What is invalid, as marks beside the answers: a time in Unix ms, for a key's hash, a key's id or everything. An
 * answer that was asked for before its mark does not count, so a write that comes late revives nothing. A mark that
 * could not be written is owed, and tried again until it stands.
 */
export class InvalidationMarks {
  readonly #owed = new Map<string, number>();
  #isPaying = false;
  #isStopped = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: AsyncStore,
    private readonly parts: MarksParts,
  ) {}

  /** @param id a key hash or a key id; `undefined`: everything */
  async set(id: string | undefined): Promise<void> {
    this.#owe(id ?? EVERYTHING);
    // Even to a store that is left alone: this is what must not be missed.
    if (!(await this.#write(id ?? EVERYTHING))) this.#tryLater();
  }

  /** The latest mark of these and of everything, in Unix ms; 0: none. One that cannot be read is as late as can be. */
  async latest(ids: readonly string[]): Promise<number> {
    const marks = await Promise.all([...ids, EVERYTHING].map((id) => this.store.get(this.parts.nameOf(id))));
    return Math.max(...marks.map(timeOf));
  }

  /** Writes what is owed, one after the other. */
  async pay(): Promise<void> {
    if (this.#isPaying || this.#owed.size === 0) return;
    this.#isPaying = true;
    for (const id of this.#owed.keys()) if (!(await this.#write(id))) break;
    this.#isPaying = false;
    if (this.#owed.size > 0) this.#tryLater();
  }

  /** Tries nothing again from now on. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#retry);
  }

  #owe(id: string): void {
    const now = this.parts.now();
    if (this.#owed.size >= MOST_OWED) {
      this.#owed.clear();
      this.#owed.set(EVERYTHING, now);
    }
    this.#owed.set(id, now);
  }

  async #write(id: string): Promise<boolean> {
    const { access, now, answersLive, nameOf } = this.parts;
    // As of now, not of when it was owed: a mark may move forward, never back.
    const at = now();
    const stands = await access.attempt(async () => {
      await this.store.set(nameOf(id), String(at), Math.max(LIFETIME, answersLive + 2 * QUIET));
      // Keyv says that it wrote what Redis refused; what counts is what can be read.
      return timeOf(await this.store.get(nameOf(id))) >= at;
    });
    if (stands !== true) {
      access.leaveAlone();
      return false;
    }
    // A later invalidation of the same may have come meanwhile; that one is still owed.
    if ((this.#owed.get(id) ?? at) <= at) this.#owed.delete(id);
    return true;
  }

  /** One timer for all of it, and none while nothing is owed; it keeps no process alive. */
  #tryLater(): void {
    if (this.#isStopped || this.#retry !== undefined) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      void this.pay();
    }, QUIET).unref();
  }
}

function timeOf(mark: unknown): number {
  if (mark === undefined || mark === null) return 0;
  const time = Number(mark);
  return Number.isNaN(time) ? Infinity : time;
}
