import { hash } from 'node:crypto';
import type { VerificationStore } from '../../contracts/verification-store.js';
import type { ResolvedCacheOptions } from '../../options/resolved-options.js';
import type { AnswerId } from './answer-id.js';
import type { CachedAnswer } from './cached-answer.js';
import { isBefore, type Moment } from './revocations.js';
import { readStored, writeAnswer } from './stored-answer.js';
import { FAILED, within } from './within.js';

/** ms for which a store that was late or failed is left alone. */
const QUIET = 1000;
/** So many invalidations are owed to a store at most; beyond that it is told that all is invalid. */
const MOST_OWED = 1000;
const EVERYTHING = '*';

/** Clocks: Unix ms, and ms of one that does not jump. */
export interface Clocks {
  readonly now: () => number;
  readonly tick: () => number;
}

/**
 * The level that instances share. Never rejects and never takes longer than `storeTimeout`.
 *
 * An invalidation is a mark beside the answers, not the removal of one: an answer that was asked for before the mark
 * does not count, so a write that comes late (out of a client's queue, when Redis is back) revives nothing.
 */
export class SharedStore {
  #quietUntil = -Infinity;
  readonly #owed = new Map<string, Moment>();

  /** @param scope tells apart who verifies with another root key: its answers are not ours */
  constructor(
    private readonly store: VerificationStore,
    private readonly options: ResolvedCacheOptions,
    private readonly clocks: Clocks,
    private readonly scope: string,
  ) {}

  async find(id: AnswerId): Promise<CachedAnswer | undefined> {
    if (this.clocks.tick() < this.#quietUntil) return undefined;
    const found = await this.#within(() => this.#read(id));
    if (found === FAILED) return undefined;
    this.#payOwed();
    return found;
  }

  /** Not waited for: nobody's answer depends on it. */
  keep(id: AnswerId, answer: CachedAnswer): void {
    if (this.clocks.tick() < this.#quietUntil) return;
    const ttl = answer.staleUntil - this.clocks.now();
    if (ttl <= 0) return;
    void this.#within(async () => this.store.set(this.#nameOf(id), writeAnswer(answer), Math.ceil(ttl)));
  }

  /** @param id a key hash or a key id; `undefined`: everything */
  async invalidate(id: string | undefined, moment: Moment): Promise<void> {
    // Even to a store that is left alone: this is what must not be missed.
    await this.#mark(id ?? EVERYTHING, moment);
  }

  async #read(id: AnswerId): Promise<CachedAnswer | undefined> {
    const [text, ofKey, ofAll] = await Promise.all([
      this.store.get(this.#nameOf(id)),
      this.store.get(this.#markOf(id.keyHash)),
      this.store.get(this.#markOf(EVERYTHING)),
    ]);
    const answer = readStored(text);
    if (answer === undefined) return undefined;
    const { keyId } = answer.verification;
    const ofKeyId = keyId === undefined ? undefined : await this.store.get(this.#markOf(keyId));
    const isGone = [ofKey, ofAll, ofKeyId].some((mark) => isBefore(answer.asked, Number(mark ?? 0)));
    return isGone ? undefined : answer;
  }

  async #mark(id: string, moment: Moment): Promise<void> {
    const { ttl, staleIfError } = this.options;
    const lifetime = ttl + staleIfError + 2 * QUIET;
    this.#owed.set(id, moment);
    const done = await this.#within(async () =>
      this.store.set(this.#markOf(id), String(moment.at), lifetime),
    );
    // A later invalidation of the same may have come meanwhile; that one is still owed.
    if (done !== FAILED && this.#owed.get(id) === moment) this.#owed.delete(id);
    if (this.#owed.size > MOST_OWED) {
      this.#owed.clear();
      this.#owed.set(EVERYTHING, moment);
    }
  }

  #payOwed(): void {
    for (const [id, moment] of this.#owed) void this.#mark(id, moment);
  }

  async #within<T>(task: () => Promise<T>): Promise<T | typeof FAILED> {
    const result = await within(task, this.options.storeTimeout);
    if (result === FAILED) this.#quietUntil = this.clocks.tick() + QUIET;
    return result;
  }

  #nameOf({ text }: AnswerId): string {
    return `nestjs-unkey:1:${this.scope}:answer:${hash('sha256', text, 'base64url')}`;
  }

  #markOf(id: string): string {
    return `nestjs-unkey:1:${this.scope}:invalid:${id}`;
  }
}
