import { hash } from 'node:crypto';
import type { VerificationStore } from '../../contracts/verification-store.js';
import type { ResolvedCacheOptions } from '../../options/resolved-options.js';
import type { AnswerId } from './answer-id.js';
import { asyncStore, type AsyncStore } from './async-store.js';
import type { CachedAnswer } from './cached-answer.js';
import { InvalidationMarks } from './invalidation-marks.js';
import { isBefore } from './revocations.js';
import { StoreAccess } from './store-access.js';
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

/** The level that instances share. Never rejects and never takes longer than `storeTimeout`. */
export class SharedStore {
  readonly #access: StoreAccess;
  readonly #marks: InvalidationMarks;
  readonly #store: AsyncStore;

  /** @param scope names who verifies; entries of another scope are not read */
  constructor(
    store: VerificationStore,
    { ttl, staleIfError, storeTimeout }: ResolvedCacheOptions,
    private readonly clocks: Clocks,
    private readonly scope: string,
  ) {
    this.#access = new StoreAccess(storeTimeout, clocks.tick);
    this.#store = asyncStore(store);
    this.#marks = new InvalidationMarks(this.#store, {
      access: this.#access,
      now: clocks.now,
      answersLive: ttl + staleIfError,
      nameOf: (id) => this.#name('invalid', id),
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

  /** Not waited for: nobody's answer depends on it. */
  keep(id: AnswerId, answer: CachedAnswer): void {
    const ttl = Math.ceil(answer.staleUntil - this.clocks.now());
    if (ttl > 0) this.#try(() => this.#store.set(this.#nameOf(id), writeAnswer(answer), ttl));
  }

  /** Not waited for either. */
  drop(id: AnswerId): void {
    this.#try(() => this.#store.delete(this.#nameOf(id)));
  }

  /** @param id a key hash or a key id; `undefined`: everything */
  invalidate(id: string | undefined): Promise<void> {
    return this.#marks.set(id);
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

  #try(task: () => Promise<unknown>): void {
    if (!this.#access.isLeftAlone()) void this.#access.attempt(task);
  }

  #nameOf({ text }: AnswerId): string {
    return this.#name('answer', hash('sha256', text, 'base64url'));
  }

  #name(kind: 'answer' | 'invalid', id: string): string {
    return `nestjs-unkey:1:${this.scope}:${kind}:${id}`;
  }
}

function found(answer: CachedAnswer | undefined, invalidUntil: number): Found {
  const isInvalid = answer !== undefined && isBefore(answer.asked, invalidUntil);
  return { answer: isInvalid ? undefined : answer, invalidUntil };
}
