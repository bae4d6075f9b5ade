import type { AsyncStore } from './async-store.js';
import { SKEW } from './revocations.js';
import { QUIET, type StoreAccess } from './store-access.js';
import { FAILED } from './within.js';

/** So many marks are owed to a store at most; beyond that it is told that all is invalid. */
const MOST_OWED = 1000;
/** So many keys wait at most to be looked up; each is only a question yet, so there may be more of them. */
const MOST_UNSURE = 10_000;
const EVERYTHING = '*';

export interface MarksParts {
  readonly access: StoreAccess;
  /** Unix ms. */
  readonly now: () => number;
  /** ms that a mark stays. */
  readonly lifetime: number;
  /** The name of a mark in the store. */
  readonly nameOf: (id: string) => string;
  /** The name of what says that the store may hold answers to a key. */
  readonly nameOfStored: (keyHash: string) => string;
}

/**
 * What is invalid, as marks beside the answers: a time in Unix ms, for a key's hash, a key's id or everything. An
 * answer that was asked for before its mark does not count, so a write that comes late revives nothing. A mark that
 * could not be written is owed, and tried again until it stands.
 */
export class InvalidationMarks {
  readonly #owed = new Map<string, number>();
  /** Keys that have ended: the mark is owed only if the store may hold an answer to them. */
  readonly #unsure = new Map<string, number>();
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

  /**
   * Sets the mark of a key if the store may hold an answer to it. Bad keys leave no mark: they never had an answer,
   * and there may be a flood of them.
   */
  async setIfStored(keyHash: string): Promise<void> {
    const ended = this.parts.now();
    if (!this.parts.access.isLeftAlone() && (await this.#resolve(keyHash, ended))) return;
    if (this.#unsure.size >= MOST_UNSURE) {
      // More than can be remembered ended while the store could not be asked: nothing in it is trusted any more.
      this.#unsure.clear();
      this.#owe(EVERYTHING);
    }
    this.#unsure.set(keyHash, ended);
    this.#tryLater();
  }

  /** The latest mark of these and of everything, in Unix ms; 0: none. One that cannot be read is as late as can be. */
  async latest(ids: readonly string[]): Promise<number> {
    const marks = await Promise.all([...ids, EVERYTHING].map((id) => this.store.get(this.parts.nameOf(id))));
    return Math.max(...marks.map(timeOf));
  }

  /** Writes what is owed, one after the other. */
  async pay(): Promise<void> {
    if (this.#isPaying || !this.#isOwing()) return;
    this.#isPaying = true;
    const isPaid =
      (await all(this.#owed.keys(), (id) => this.#write(id))) &&
      (await all(this.#unsure, async ([keyHash, ended]) => this.#resolve(keyHash, ended)));
    this.#isPaying = false;
    if (!isPaid || this.#isOwing()) this.#tryLater();
  }

  /** Tries nothing again from now on. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#retry);
  }

  #isOwing(): boolean {
    return this.#owed.size > 0 || this.#unsure.size > 0;
  }

  #owe(id: string): void {
    const now = this.parts.now();
    if (this.#owed.size >= MOST_OWED) {
      this.#owed.clear();
      this.#owed.set(EVERYTHING, now);
    }
    this.#owed.set(id, now);
  }

  /** Finds out whether a key that has ended needs a mark, and writes it then. Gives whether that is settled. */
  async #resolve(keyHash: string, ended: number): Promise<boolean> {
    const isNeeded = await this.parts.access.attempt(() => this.#isNeeded(keyHash, ended));
    if (isNeeded === FAILED) return false;
    // If it ended again meanwhile, that is still to be looked up.
    if (this.#unsure.get(keyHash) === ended) this.#unsure.delete(keyHash);
    if (!isNeeded) return true;
    await this.set(keyHash);
    return true;
  }

  /** A mark that is there already covers what was asked for within the skew after it, so a key needs few of them. */
  async #isNeeded(keyHash: string, ended: number): Promise<boolean> {
    const [stored, mark] = await Promise.all([
      this.store.get(this.parts.nameOfStored(keyHash)),
      this.latest([keyHash]),
    ]);
    return stored !== undefined && stored !== null && ended > mark + SKEW;
  }

  async #write(id: string): Promise<boolean> {
    const { access, now, lifetime, nameOf } = this.parts;
    // As of now, not of when it was owed: a mark may move forward, never back.
    const at = now();
    const stands = await access.attempt(async () => {
      await this.store.set(nameOf(id), String(at), lifetime);
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

/** One after the other, until one fails. Gives whether all were done. */
async function all<Item>(items: Iterable<Item>, task: (item: Item) => Promise<boolean>): Promise<boolean> {
  for (const item of items) if (!(await task(item))) return false;
  return true;
}

function timeOf(mark: unknown): number {
  if (mark === undefined || mark === null) return 0;
  const time = Number(mark);
  return Number.isNaN(time) ? Infinity : time;
}
