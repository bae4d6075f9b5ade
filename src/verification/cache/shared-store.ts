import type { VerificationStore } from '../../contracts/verification-store.js';
import type { ResolvedCacheOptions } from '../../options/resolved-options.js';
import type { AnswerId } from './answer-id.js';
import { asyncStore, type AsyncStore } from './async-store.js';
import type { CachedAnswer } from './cached-answer.js';
import { InvalidationMarks } from './invalidation-marks.js';
import { isBefore } from './revocations.js';
import { QUIET, StoreAccess } from './store-access.js';
import { readStored, writeAnswer } from './stored-answer.js';
import { FAILED } from './within.js';

/** Clocks: Unix ms, and ms of one that does not jump. */
export interface Clocks {
  readonly now: () => number;
  readonly tick: () => number;
}

/** What the store says of one question. */
export interface Found {
  /** What some instance was answered, unless it is invalid. */
  readonly answer: CachedAnswer | undefined;
  /** Until when answers to this are invalid, in Unix ms; 0: none is. */
  readonly invalidUntil: number;
}

/** ms that marks stay at least: longer than any answer that another instance may have put there before. */
const LIFETIME = 24 * 60 * 60 * 1000;

/** The level that instances share. Never rejects and never takes longer than `storeTimeout`. */
export class SharedStore {
  readonly #access: StoreAccess;
  readonly #marks: InvalidationMarks;
  readonly #store: AsyncStore;
  readonly #lifetime: number;

  /** @param scope names who verifies; entries of another scope are not read */
  constructor(
    store: VerificationStore,
    { ttl, staleIfError, storeTimeout }: ResolvedCacheOptions,
    private readonly clocks: Clocks,
    private readonly scope: string,
  ) {
    this.#access = new StoreAccess(storeTimeout, clocks.tick);
    this.#store = asyncStore(store);
    this.#lifetime = Math.max(LIFETIME, ttl + staleIfError + 2 * QUIET);
    this.#marks = new InvalidationMarks(this.#store, {
      access: this.#access,
      now: clocks.now,
      lifetime: this.#lifetime,
      nameOf: (id) => this.#name('invalid', id),
      nameOfStored: (id) => this.#name('stored', id),
    });
  }

  /**
   * @param keyId of the answer that is remembered here, whose mark is looked for too
   * @param timeLeft ms; half of it is kept for asking Unkey
   */
  async find(id: AnswerId, keyId: string | undefined, timeLeft: number): Promise<Found | undefined> {
    if (this.#access.isLeftAlone()) return undefined;
    const found = await this.#access.attempt(() => this.#read(id, keyId), timeLeft / 2);
    if (found === FAILED) return undefined;
    void this.#marks.pay();
    return found;
  }

  /**
   * Not waited for: nobody's answer depends on it. Before any answer to a key is written, the store says that there
   * may be one, and an answer is only written once that stands. So an instance that is told that the key has ended
   * finds out with one look whether a mark is needed, whatever the answers were asked with.
   */
  async keep(id: AnswerId, answer: CachedAnswer): Promise<void> {
    const text = writeAnswer(answer);
    if (text === undefined || this.#access.isLeftAlone()) return;
    const said = await this.#access.attempt(() =>
      this.#store.set(this.#name('stored', id.keyHash), '1', this.#lifetime),
    );
    const ttl = Math.ceil(answer.staleUntil - this.clocks.now());
    if (said === FAILED || ttl <= 0) return;
    await this.#access.attempt(() => this.#store.set(this.#nameOf(id), text, ttl));
  }

  /** Not waited for either. */
  async drop(id: AnswerId): Promise<void> {
    if (this.#access.isLeftAlone()) return;
    await this.#access.attempt(() => this.#store.delete(this.#nameOf(id)));
  }

  /** @param id a key hash or a key id; `undefined`: everything */
  invalidate(id: string | undefined): Promise<void> {
    return this.#marks.set(id);
  }

  /** No answer to this key counts any more, if there may be one. */
  end(keyHash: string): Promise<void> {
    return this.#marks.setIfStored(keyHash);
  }

  stop(): void {
    this.#marks.stop();
  }

  /**
   * Marks before answers: Keyv gives nothing where it fails, and a connection that ends midway must leave us without
   * an answer rather than without its mark.
   */
  async #read(id: AnswerId, knownId: string | undefined): Promise<Found> {
    const known = knownId === undefined ? [id.keyHash] : [id.keyHash, knownId];
    const [until, text] = await Promise.all([this.#marks.latest(known), this.#store.get(this.#nameOf(id))]);
    const answer = readStored(text);
    const keyId = answer?.verification.keyId;
    if (answer === undefined || keyId === undefined || keyId === knownId) return found(answer, until);
    const [ofKeyId, again] = await Promise.all([
      this.#marks.latest([keyId]),
      this.#store.get(this.#nameOf(id)),
    ]);
    return found(again === text ? answer : undefined, Math.max(until, ofKeyId));
  }

  #nameOf({ text }: AnswerId): string {
    return this.#name('answer', text);
  }

  /** Stores differ in what a name may hold, so hashes stand there as base64url. */
  #name(kind: 'answer' | 'invalid' | 'stored', id: string): string {
    const safe = kind === 'answer' ? Buffer.from(id, 'base64').toString('base64url') : id;
    return `nestjs-unkey:1:${this.scope}:${kind}:${safe}`;
  }
}

function found(answer: CachedAnswer | undefined, invalidUntil: number): Found {
  const isInvalid = answer !== undefined && isBefore(answer.asked, invalidUntil);
  return { answer: isInvalid ? undefined : answer, invalidUntil };
}
