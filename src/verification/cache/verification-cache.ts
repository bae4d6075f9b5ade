import type { Question } from '../../contracts/question.js';
import type { VerificationObserver } from '../../contracts/verification-observer.js';
import type { ResolvedCacheOptions } from '../../options/resolved-options.js';
import type { Outcome } from '../outcome.js';
import { answerIdOf, keyHashOf, type AnswerId } from './answer-id.js';
import type { CachedAnswer } from './cached-answer.js';
import { copyOf } from './copy-of.js';
import { cachedAnswer, isStorable, mayBeCached } from './is-storable.js';
import { Memory } from './memory.js';
import { Revocations } from './revocations.js';
import { SharedStore, type Clocks } from './shared-store.js';

/** Asks Unkey itself, within so many ms; never rejects. */
export type Ask = (question: Question, timeout: number) => Promise<Outcome>;

/** What an invalidation is about. */
export type Invalidated = { readonly key: string } | { readonly keyId: string } | 'everything';

/** What came of a call that others wait for; only what is shared is theirs too. */
interface Flight {
  readonly outcome: Outcome;
  readonly isShared: boolean;
}

export interface CacheParts extends Clocks {
  readonly observer: VerificationObserver;
  /** See {@link SharedStore}. */
  readonly scope: string;
}

/** Answers from memory where asking again would have changed nothing; asks otherwise. */
export class VerificationCache {
  readonly #memory: Memory;
  readonly #revocations: Revocations;
  readonly #shared: SharedStore | undefined;
  readonly #flights = new Map<string, Promise<Flight>>();

  constructor(
    private readonly options: ResolvedCacheOptions,
    private readonly parts: CacheParts,
  ) {
    this.#memory = new Memory(options);
    this.#revocations = new Revocations(parts.now);
    this.#shared =
      options.store === undefined ? undefined : new SharedStore(options.store, options, parts, parts.scope);
  }

  /** @param timeout ms over all of it */
  async obtain(question: Question, timeout: number, ask: Ask): Promise<Outcome> {
    if (!mayBeCached(question.request)) return ask(question, timeout);
    const id = answerIdOf(question);
    const remembered = this.#remembered(id);
    if (remembered !== undefined) {
      this.parts.observer.cached('hit', keyIdOf(remembered));
      return remembered;
    }
    const outcome = await this.#askTogether(id, question, timeout, ask);
    return this.#orStale(id, outcome);
  }

  /** Nothing that was asked for until now is answered from memory any more. */
  async invalidate(target: Invalidated): Promise<void> {
    const id = target === 'everything' ? undefined : 'key' in target ? keyHashOf(target.key) : target.keyId;
    const moment = this.#revocations.revoke(id);
    // Whoever asks from now on must not be given what was asked for before.
    this.#flights.clear();
    if (id === undefined) this.#memory.clear();
    await this.#shared?.invalidate(id, moment);
  }

  #remembered(id: AnswerId): Outcome | undefined {
    const now = this.parts.now();
    const good = this.#usable(id);
    if (good !== undefined && now < good.freshUntil) return answerFrom(good, 'cache');
    const bad = this.#memory.bad(id.text);
    if (bad === undefined || now >= bad.until || this.#revocations.since(bad.order, id.keyHash))
      return undefined;
    return { verification: { valid: false, code: 'NOT_FOUND', source: 'cache' }, source: 'cache' };
  }

  /** What is remembered of a good key, unless it was invalidated; a clock that was set back makes it useless too. */
  #usable(id: AnswerId): CachedAnswer | undefined {
    const remembered = this.#memory.good(id.text);
    if (remembered === undefined) return undefined;
    const { answer, order } = remembered;
    const isGone = this.#revocations.since(order, id.keyHash, answer.verification.keyId);
    if (!isGone && this.parts.now() >= answer.asked) return answer;
    this.#memory.dropGood(id.text);
    return undefined;
  }

  #orStale(id: AnswerId, outcome: Outcome): Outcome {
    if (!('failure' in outcome) || outcome.failure.kind !== 'unavailable') return outcome;
    const answer = this.#usable(id);
    if (answer === undefined || this.parts.now() >= answer.staleUntil) return outcome;
    this.parts.observer.cached('stale', answer.verification.keyId);
    return answerFrom(answer, 'stale');
  }

  /**
   * One call for all who ask the same at once, as long as its answer may be theirs: nobody knows beforehand whether
   * a key has credits. If it has, each who waited asks for itself, and nobody waits for that key again.
   */
  async #askTogether(id: AnswerId, question: Question, timeout: number, ask: Ask): Promise<Outcome> {
    const begun = this.parts.tick();
    if (this.#memory.isAlone(id.keyHash)) return (await this.#askAlone(id, question, timeout, ask)).outcome;
    const running = this.#flights.get(id.text);
    if (running === undefined) return (await this.#lead(id, question, timeout, ask)).outcome;
    const { outcome, isShared } = await running;
    if (isShared)
      return 'failure' in outcome ? outcome : { ...outcome, verification: copyOf(outcome.verification) };
    return (await this.#askAlone(id, question, timeout - (this.parts.tick() - begun), ask)).outcome;
  }

  async #lead(id: AnswerId, question: Question, timeout: number, ask: Ask): Promise<Flight> {
    const flight = this.#lookAndAsk(id, question, timeout, ask);
    this.#flights.set(id.text, flight);
    try {
      return await flight;
    } finally {
      if (this.#flights.get(id.text) === flight) this.#flights.delete(id.text);
    }
  }

  async #lookAndAsk(id: AnswerId, question: Question, timeout: number, ask: Ask): Promise<Flight> {
    const begun = this.parts.tick();
    const order = this.#revocations.next();
    const shared = await this.#shared?.find(id);
    if (shared !== undefined && this.#keepShared(id, shared, order)) {
      this.parts.observer.cached('hit', shared.verification.keyId);
      return { outcome: answerFrom(shared, 'cache'), isShared: true };
    }
    return this.#askAlone(id, question, timeout - (this.parts.tick() - begun), ask);
  }

  /** Remembers what another instance stored; whether it is fresh. */
  #keepShared(id: AnswerId, answer: CachedAnswer, order: number): boolean {
    const now = this.parts.now();
    const { keyId } = answer.verification;
    if (now >= answer.staleUntil || now < answer.asked) return false;
    if (this.#revocations.since(order, id.keyHash, keyId)) return false;
    if (this.#revocations.sinceTime(answer.asked, id.keyHash, keyId)) return false;
    this.#memory.keepGood(id.text, { answer, order }, now);
    return now < answer.freshUntil;
  }

  async #askAlone(id: AnswerId, question: Question, timeout: number, ask: Ask): Promise<Flight> {
    this.parts.observer.cached('miss', undefined);
    const order = this.#revocations.next();
    const asked = this.parts.now();
    const outcome = await ask(question, timeout);
    return { outcome, isShared: 'failure' in outcome || this.#keep(id, outcome, asked, order) };
  }

  /** Remembers an answer if it may be; whether it is one that may be shared. */
  #keep(id: AnswerId, outcome: Outcome, asked: number, order: number): boolean {
    if ('failure' in outcome) return false;
    const { verification } = outcome;
    const now = this.parts.now();
    const isGone = this.#revocations.since(order, id.keyHash, verification.keyId);
    if (verification.code === 'NOT_FOUND') {
      const until = asked + this.options.negativeTtl;
      if (!isGone && now < until) this.#memory.keepBad(id.text, { until, order }, now);
      this.#memory.dropGood(id.text);
      return true;
    }
    const isShared = isStorable(verification);
    this.#memory.setAlone(id.keyHash, !isShared);
    if (!isShared) this.#memory.dropGood(id.text);
    const answer = cachedAnswer(copyOf(verification), asked, this.options);
    if (isShared && !isGone && now < answer.staleUntil) {
      this.#memory.keepGood(id.text, { answer, order }, now);
      this.#shared?.keep(id, answer);
    }
    return isShared;
  }
}

function answerFrom({ verification }: CachedAnswer, source: 'cache' | 'stale'): Outcome {
  return { verification: copyOf(verification, source), source };
}

function keyIdOf(outcome: Outcome): string | undefined {
  return 'verification' in outcome ? outcome.verification.keyId : undefined;
}
