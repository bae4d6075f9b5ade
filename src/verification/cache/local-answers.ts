import type { Verification } from '../../contracts/verification.js';
import type { ResolvedCacheOptions } from '../../options/resolved-options.js';
import type { Answered } from '../outcome.js';
import { fromSource } from '../verified-key-of.js';
import type { AnswerId } from './answer-id.js';
import { cachedAnswer, type CachedAnswer } from './cached-answer.js';
import { isStorable } from './is-storable.js';
import type { KeyInFlight } from './keys-in-flight.js';
import { NotFoundKeys } from './not-found-keys.js';
import { isBefore, Revocations, type Moment } from './revocations.js';
import { UnshareableKeys } from './unshareable-keys.js';
import { ValidAnswers, type ValidAnswer } from './valid-answers.js';

/** What became of an answer that came in. */
export interface Kept {
  /** Whether it may be everybody's who asked the same meanwhile. */
  readonly isShared: boolean;
  /** What is cached of it, if it was a yes that may be. */
  readonly answer?: CachedAnswer | undefined;
  /** Whether a cached answer to the same question was removed. */
  readonly isDropped?: boolean;
}

/** What this instance remembers, as it stands now. What was invalidated, has ended or is over does not count. */
export class LocalAnswers {
  readonly #valid: ValidAnswers;
  readonly #notFound: NotFoundKeys;
  readonly #unshareable: UnshareableKeys;
  readonly #revocations: Revocations;
  /**
   * When this instance was last told no, by key hash for the end of a key and by question for other denials. Only
   * what other instances stored is compared with it, so there is none without a store. In a space of its own: a
   * flood of bad keys must not push out a revocation.
   */
  readonly #denials: Revocations | undefined;

  /** @param now Unix ms */
  constructor(
    private readonly options: ResolvedCacheOptions,
    private readonly now: () => number,
  ) {
    this.#valid = new ValidAnswers(options.max);
    this.#notFound = new NotFoundKeys(options);
    this.#unshareable = new UnshareableKeys(options);
    this.#revocations = new Revocations(now);
    this.#denials = options.store === undefined ? undefined : new Revocations(now);
  }

  /** Call it before you ask: what ends the key after it makes the answer useless. */
  asking(): Moment {
    return { order: this.#revocations.next(), at: this.now() };
  }

  /** A cached yes that is as good as one of Unkey's. */
  valid(text: string): Answered | undefined {
    const known = this.#valid.get(text);
    if (known === undefined) return undefined;
    const now = this.now();
    return now < known.answer.freshUntil && this.#counts(known, now) ? known.hit : undefined;
  }

  /** A cached no, for a key that Unkey does not know. */
  notFound(id: AnswerId): Answered | undefined {
    const known = this.#notFound.get(id.text, this.now());
    return known === undefined || this.#revocations.since(known.order, id.keyHash)
      ? undefined
      : this.#notFound.answer;
  }

  /** A cached yes that may stand in while Unkey cannot be asked. */
  stale({ text }: AnswerId): Verification | undefined {
    const known = this.#valid.get(text);
    const now = this.now();
    if (known === undefined || now >= known.answer.staleUntil || !this.#counts(known, now)) return undefined;
    known.stale ??= fromSource(known.answer.verification, 'stale');
    return known.stale;
  }

  /** Whether answers to this key are not to be shared with others who ask. */
  isUnshareable({ keyHash }: AnswerId): boolean {
    return this.#unshareable.has(keyHash);
  }

  /** An answer of Unkey's that does not end the key. */
  keep(id: AnswerId, verification: Verification, asked: Moment, key: KeyInFlight): Kept {
    const isShared = isStorable(verification);
    this.#unshareable.set(id.keyHash, !isShared);
    if (!verification.valid) this.#deny(id, key);
    if (!isShared) return { isShared, isDropped: this.#valid.delete(id.text) };
    const answer = cachedAnswer(fromSource(verification, 'cache'), asked.at, this.options);
    return { isShared, answer: this.#set(id, answer, asked.order, key) ? answer : undefined };
  }

  /** Unkey says that this key does not exist; call it after {@link end}. */
  keepNotFound(id: AnswerId, asked: Moment): void {
    if (this.#revocations.since(asked.order, id.keyHash)) return;
    this.#notFound.set(id.text, asked, this.now());
  }

  /** Unkey is not to be asked once for all who ask about this key. */
  setUnshareable({ keyHash }: AnswerId): void {
    this.#unshareable.set(keyHash, true);
  }

  /** No yes to this key counts any more that was asked for until now. Gives whether there was one here. */
  end(keyHash: string): boolean {
    this.#denials?.revoke(keyHash);
    return this.#valid.deleteKey(keyHash);
  }

  /** Remembers what another instance stored, if it still counts here; gives it if it is fresh. */
  adopt(id: AnswerId, stored: CachedAnswer, asked: Moment, key: KeyInFlight): Answered | undefined {
    // Another instance may cache for longer than this one does.
    const answer = cachedAnswer(stored.verification, stored.asked, this.options);
    const now = this.now();
    if (now < answer.asked || this.#denials?.sinceTime(answer.asked, id.keyHash, id.text)) return undefined;
    const { keyId } = answer.verification;
    if (this.#revocations.sinceTime(answer.asked, id.keyHash, keyId)) return undefined;
    const known = this.#valid.get(id.text);
    if (known !== undefined && known.answer.asked >= answer.asked) return undefined;
    if (!this.#set(id, answer, asked.order, key)) return undefined;
    return now < answer.freshUntil ? this.#valid.get(id.text)?.hit : undefined;
  }

  /** Whether this instance knows that the key has ended since some instance asked at that time. */
  hasEnded({ keyHash }: AnswerId, asked: number): boolean {
    return isBefore(asked, this.#denials?.timeOf(keyHash) ?? 0);
  }

  /** The id of the key that a yes is cached of. */
  keyIdOf({ text }: AnswerId): string | undefined {
    return this.#valid.get(text)?.answer.verification.keyId;
  }

  /** Forgets what is cached of this key if another instance says that it is invalid. @param until Unix ms */
  forgetUntil({ keyHash }: AnswerId, until: number): void {
    for (const { id, answer } of this.#valid.ofKey(keyHash)) {
      if (isBefore(answer.asked, until)) this.#valid.delete(id.text);
    }
  }

  /** @param id a key hash or a key id; `undefined`: everything */
  revoke(id: string | undefined): void {
    if (id === undefined) this.#valid.clear();
    else this.#valid.deleteKey(id);
    this.#revocations.revoke(id);
  }

  #deny({ text }: AnswerId, key: KeyInFlight): void {
    key.deny(text, this.#revocations.next());
    this.#denials?.revoke(text);
  }

  /** Whether it may be cached: nothing ended it since it was asked for, and it is not over. */
  #set(id: AnswerId, answer: CachedAnswer, order: number, key: KeyInFlight): boolean {
    const now = this.now();
    const { verification, staleUntil } = answer;
    if (now >= staleUntil || key.hasEndedSince(order, id.text)) return false;
    if (this.#revocations.since(order, id.keyHash, verification.keyId)) return false;
    const hit = { verification, source: 'cache' } as const;
    const checked = this.#revocations.latest;
    this.#valid.set({ id, answer, hit, stale: undefined, order, checked }, now);
    return true;
  }

  /** Whether it was not invalidated meanwhile. If the clock was set back, it does not count either. */
  #counts(known: ValidAnswer, now: number): boolean {
    const { latest } = this.#revocations;
    // Nearly always there was no revocation since the last hit.
    if (known.checked === latest && now >= known.answer.asked) return true;
    const { id, order, answer } = known;
    known.checked = latest;
    const isRevoked = this.#revocations.since(order, id.keyHash, answer.verification.keyId);
    if (!isRevoked && now >= answer.asked) return true;
    this.#valid.delete(id.text);
    return false;
  }
}
