import type { Verification } from '../../contracts/verification.js';
import type { ResolvedCacheOptions } from '../../options/resolved-options.js';
import type { AnswerId } from './answer-id.js';
import { cachedAnswer, type CachedAnswer } from './cached-answer.js';
import { copyOf } from './copy-of.js';
import { isStorable } from './is-storable.js';
import { Memory } from './memory.js';
import { Revocations, type Moment } from './revocations.js';

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
}

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
    if (bad === undefined || now >= bad.until || this.#revocations.since(bad.order, id.keyHash)) {
      return undefined;
    }
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
    const isGone = this.#revocations.since(asked.order, id.keyHash, verification.keyId);
    if (verification.code === 'NOT_FOUND') {
      const until = asked.at + this.options.negativeTtl;
      if (!isGone && now < until) this.#memory.keepBad(id.text, { until, order: asked.order }, now);
      this.#memory.dropGood(id.text);
      return { isShared: true };
    }
    const isShared = isStorable(verification);
    this.#memory.setAlone(id.keyHash, !isShared);
    if (!isShared) {
      this.#memory.dropGood(id.text);
      return { isShared };
    }
    const answer = cachedAnswer(copyOf(verification), asked.at, this.options);
    if (isGone || now >= answer.staleUntil) return { isShared };
    this.#memory.keepGood(id.text, { answer, order: asked.order }, now);
    return { isShared, answer };
  }

  /** Remembers what another instance stored, if it still counts here; gives it where it is fresh. */
  adopt(id: AnswerId, answer: CachedAnswer, { order }: Asked): Verification | undefined {
    const now = this.now();
    const { keyId } = answer.verification;
    if (now >= answer.staleUntil || now < answer.asked) return undefined;
    if (this.#revocations.since(order, id.keyHash, keyId)) return undefined;
    if (this.#revocations.sinceTime(answer.asked, id.keyHash, keyId)) return undefined;
    this.#memory.keepGood(id.text, { answer, order }, now);
    return now < answer.freshUntil ? copyOf(answer.verification) : undefined;
  }

  /** @param id a key hash or a key id; `undefined`: everything */
  revoke(id: string | undefined): Moment {
    if (id === undefined) this.#memory.clear();
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
