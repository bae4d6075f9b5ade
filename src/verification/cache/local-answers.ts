import type { Verification } from '../../contracts/verification.js';
import type { ResolvedCacheOptions } from '../../options/resolved-options.js';
import type { AnswerId } from './answer-id.js';
import { cachedAnswer, type CachedAnswer } from './cached-answer.js';
import { copyOf } from './copy-of.js';
import { isStorable } from './is-storable.js';
import { Memory } from './memory.js';
import { isBefore, Revocations, type Moment } from './revocations.js';

/** When something was asked: in the order of what happened here, and in Unix ms. */
export interface Asked {
  readonly order: number;
  readonly at: number;
}

/** What became of an answer that came in. */
export interface Kept {
  /** Whether it may be everybody's who asked the same meanwhile. */
  readonly isShared: boolean;
  /** What is remembered of it, if it was a yes that may be. */
  readonly answer?: CachedAnswer;
  /** What was remembered and does not count any more: this answer, or all answers to the key. */
  readonly dropped?: 'answer' | 'key' | undefined;
}

/** What is a verdict about the key itself, and not about what was asked with it. */
const KEY_IS_OVER: ReadonlySet<string> = new Set(['NOT_FOUND', 'DISABLED', 'EXPIRED']);

/** What this instance remembers, as it stands now: what was invalidated or is over does not count. */
export class LocalAnswers {
  readonly #memory: Memory;
  readonly #revocations: Revocations;

  /** @param now Unix ms */
  constructor(
    private readonly options: ResolvedCacheOptions,
    private readonly now: () => number,
  ) {
    this.#memory = new Memory(options);
    this.#revocations = new Revocations(now);
  }

  /** To be called before something is asked: what is invalidated after it makes the answer useless. */
  asking(): Asked {
    return { order: this.#revocations.next(), at: this.now() };
  }

  /** An answer that is as good as one of Unkey's. */
  fresh(id: AnswerId): Verification | undefined {
    const now = this.now();
    const good = this.#good(id, now);
    if (good !== undefined && now < good.freshUntil) return copyOf(good.verification);
    const bad = this.#memory.bad(id.text);
    if (bad === undefined || now >= bad.until || now < bad.asked) return undefined;
    if (this.#revocations.since(bad.order, id.keyHash)) return undefined;
    return { valid: false, code: 'NOT_FOUND', source: 'cache' };
  }

  /** One that may stand in while Unkey cannot be asked. */
  stale(id: AnswerId): Verification | undefined {
    const now = this.now();
    const good = this.#good(id, now);
    if (good === undefined || now >= good.staleUntil) return undefined;
    const copy = copyOf(good.verification);
    copy.source = 'stale';
    return copy;
  }

  /** Whether answers to this key are not to be shared with others who ask. */
  isAlone({ keyHash }: AnswerId): boolean {
    return this.#memory.isAlone(keyHash);
  }

  keep(id: AnswerId, verification: Verification, asked: Asked): Kept {
    const now = this.now();
    if (KEY_IS_OVER.has(verification.code)) return this.#keepEnd(id, verification, asked, now);
    const isShared = isStorable(verification);
    this.#memory.setAlone(id.keyHash, !isShared);
    if (!isShared) return { isShared, dropped: this.#memory.dropGood(id.text) ? 'answer' : undefined };
    const answer = cachedAnswer(copyOf(verification), asked.at, this.options);
    const isGone = this.#revocations.since(asked.order, id.keyHash, verification.keyId);
    if (isGone || now >= answer.staleUntil) return { isShared };
    this.#memory.keepGood(id, { answer, order: asked.order }, now);
    return { isShared, answer };
  }

  /** The key itself is no good any more: then no answer to it is, whatever else was asked with it. */
  #keepEnd(id: AnswerId, { code, keyId }: Verification, asked: Asked, now: number): Kept {
    const isUnknown = code === 'NOT_FOUND';
    // Bad keys that were never good leave nothing behind, so that a flood of them pushes out no revocation.
    const dropped = this.#memory.hasGood(id.keyHash) ? 'key' : undefined;
    if (isUnknown && !this.#revocations.since(asked.order, id.keyHash, keyId)) {
      const until = asked.at + this.options.negativeTtl;
      // It is as of now, so that what is revoked with it does not take it along.
      const order = dropped === undefined ? asked.order : this.revoke(id.keyHash).order;
      if (now < until) this.#memory.keepBad(id.text, { asked: asked.at, until, order }, now);
    } else if (dropped !== undefined) this.revoke(id.keyHash);
    if (!isUnknown) this.#memory.setAlone(id.keyHash, true);
    return { isShared: isUnknown, dropped };
  }

  /** Remembers what another instance stored, if it still counts here; gives it where it is fresh. */
  adopt(id: AnswerId, stored: CachedAnswer, { order }: Asked): Verification | undefined {
    const now = this.now();
    // Another instance may remember for longer than this one does.
    const answer = cachedAnswer(stored.verification, stored.asked, this.options);
    const { keyId } = answer.verification;
    if (now >= answer.staleUntil || now < answer.asked) return undefined;
    if (this.#revocations.since(order, id.keyHash, keyId)) return undefined;
    if (this.#revocations.sinceTime(answer.asked, id.keyHash, keyId)) return undefined;
    this.#memory.keepGood(id, { answer, order }, now);
    return now < answer.freshUntil ? copyOf(answer.verification) : undefined;
  }

  /** The id of the key that a good answer is remembered of. */
  keyIdOf({ text }: AnswerId): string | undefined {
    return this.#memory.good(text)?.answer.verification.keyId;
  }

  /** Forgets what is remembered of this where another instance says that it is invalid. @param until Unix ms */
  forgetUntil({ text }: AnswerId, until: number): void {
    const known = this.#memory.good(text);
    if (known !== undefined && isBefore(known.answer.asked, until)) this.#memory.dropGood(text);
  }

  /** @param id a key hash or a key id; `undefined`: everything */
  revoke(id: string | undefined): Moment {
    if (id === undefined) this.#memory.clear();
    else this.#memory.forgetKey(id);
    return this.#revocations.revoke(id);
  }

  /** What is remembered of a good key, unless it was invalidated; a clock that was set back makes it useless too. */
  #good(id: AnswerId, now: number): CachedAnswer | undefined {
    const remembered = this.#memory.good(id.text);
    if (remembered === undefined) return undefined;
    const { answer, order } = remembered;
    const isGone = this.#revocations.since(order, id.keyHash, answer.verification.keyId);
    if (!isGone && now >= answer.asked) return answer;
    this.#memory.dropGood(id.text);
    return undefined;
  }
}
