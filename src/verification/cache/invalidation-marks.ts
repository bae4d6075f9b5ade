import type { AsyncStore } from './async-store.js';
import { CLOCK_SKEW } from './invalidation-log.js';
import { PAUSE, type StoreAccess } from './store-access.js';
import { FAILED } from './with-timeout.js';

/** How many marks can wait to be written. If there are more, everything is invalidated instead. */
const MAX_PENDING = 1000;
/** How many denied keys can wait to be looked up in the store. More than marks, because most of them need no mark. */
const MAX_UNCHECKED = 10_000;
const EVERYTHING = '*';

export interface MarksContext {
  readonly access: StoreAccess;
  /** Unix ms. */
  readonly now: () => number;
  /** How long a mark stays in the store, in ms. */
  readonly lifetime: number;
  /** The name of a mark in the store. */
  readonly markName: (id: string) => string;
  /** The name of the flag that says that the store may hold entries of a key. */
  readonly storedFlagName: (keyHash: string) => string;
}

/**
 * Invalidations in the store, next to the entries. A mark is a time in Unix ms, for a key hash, a key id or everything.
 * An entry whose call was made before the mark is ignored, even if it is written later. A mark that cannot be written
 * is kept as pending and tried again until it is in the store.
 */
export class InvalidationMarks {
  readonly #pending = new Map<string, number>();
  /** Keys that Unkey denied. They need a mark only if the store may hold entries of them. */
  readonly #unchecked = new Map<string, number>();
  #isFlushing = false;
  #isStopped = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: AsyncStore,
    private readonly context: MarksContext,
  ) {}

  /** @param id a key hash or a key id; `undefined`: everything */
  async set(id: string | undefined): Promise<void> {
    this.#addPending(id ?? EVERYTHING);
    // Written even while the store is paused, because an invalidation must not be missed.
    if (!(await this.#write(id ?? EVERYTHING))) this.#scheduleRetry();
  }

  /**
   * Sets the mark of a denied key if the store may hold entries of it. A key that was never valid gets no mark, because
   * it never had an entry, and there may be a flood of such keys.
   */
  async setIfStored(keyHash: string): Promise<void> {
    const deniedAt = this.context.now();
    if (!this.context.access.isPaused() && (await this.#check(keyHash, deniedAt))) return;
    if (this.#unchecked.size >= MAX_UNCHECKED) {
      // Too many keys were denied while the store was unavailable, so all of its entries are invalidated.
      this.#unchecked.clear();
      this.#addPending(EVERYTHING);
    }
    this.#unchecked.set(keyHash, deniedAt);
    this.#scheduleRetry();
  }

  /**
   * Returns the latest mark of these ids and of everything, in Unix ms; 0: none. An unreadable mark counts as Infinity.
   */
  async latest(ids: readonly string[]): Promise<number> {
    const marks = await Promise.all(
      [...ids, EVERYTHING].map((id) => this.store.get(this.context.markName(id))),
    );
    return Math.max(...marks.map(timeOf));
  }

  /** Writes pending marks, one after the other. */
  async flush(): Promise<void> {
    if (this.#isFlushing || !this.#hasPending()) return;
    this.#isFlushing = true;
    const isDone =
      (await allSucceed(this.#pending.keys(), (id) => this.#write(id))) &&
      (await allSucceed(this.#unchecked, async ([keyHash, deniedAt]) => this.#check(keyHash, deniedAt)));
    this.#isFlushing = false;
    if (!isDone || this.#hasPending()) this.#scheduleRetry();
  }

  /** Stops all retries. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#retry);
  }

  #hasPending(): boolean {
    return this.#pending.size > 0 || this.#unchecked.size > 0;
  }

  #addPending(id: string): void {
    const now = this.context.now();
    if (this.#pending.size >= MAX_PENDING) {
      this.#pending.clear();
      this.#pending.set(EVERYTHING, now);
    }
    this.#pending.set(id, now);
  }

  /** Finds out whether a denied key needs a mark, and writes it. Returns whether the store could be read. */
  async #check(keyHash: string, deniedAt: number): Promise<boolean> {
    const isNeeded = await this.context.access.attempt(() => this.#isMarkNeeded(keyHash, deniedAt));
    if (isNeeded === FAILED) return false;
    // If the key was denied again meanwhile, the later denial still has to be checked.
    if (this.#unchecked.get(keyHash) === deniedAt) this.#unchecked.delete(keyHash);
    if (!isNeeded) return true;
    await this.set(keyHash);
    return true;
  }

  /**
   * An existing mark also covers denials within the clock skew after it, so a key needs at most one mark per second.
   */
  async #isMarkNeeded(keyHash: string, deniedAt: number): Promise<boolean> {
    const [storedFlag, mark] = await Promise.all([
      this.store.get(this.context.storedFlagName(keyHash)),
      this.latest([keyHash]),
    ]);
    return storedFlag !== undefined && storedFlag !== null && deniedAt > mark + CLOCK_SKEW;
  }

  async #write(id: string): Promise<boolean> {
    const { access, now, lifetime, markName } = this.context;
    // The current time, not the time of the invalidation: a mark must never be replaced by an earlier one.
    const time = now();
    const isWritten = await access.attempt(async () => {
      await this.store.set(markName(id), String(time), lifetime);
      // Keyv reports success even if Redis rejected the write, so the mark is read back.
      return timeOf(await this.store.get(markName(id))) >= time;
    });
    if (isWritten !== true) {
      access.pause();
      return false;
    }
    // If the same id was invalidated again meanwhile, that mark is still pending.
    if ((this.#pending.get(id) ?? time) <= time) this.#pending.delete(id);
    return true;
  }

  /** Uses one timer for all marks, which does not keep the process alive. */
  #scheduleRetry(): void {
    if (this.#isStopped || this.#retry !== undefined) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      void this.flush();
    }, PAUSE).unref();
  }
}

/** Runs a task for each item, one after the other, until one fails. Returns whether all succeeded. */
async function allSucceed<Item>(
  items: Iterable<Item>,
  task: (item: Item) => Promise<boolean>,
): Promise<boolean> {
  for (const item of items) if (!(await task(item))) return false;
  return true;
}

function timeOf(mark: unknown): number {
  if (mark === undefined || mark === null) return 0;
  const time = Number(mark);
  return Number.isNaN(time) ? Infinity : time;
}
