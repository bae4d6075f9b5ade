import type { Awaitable } from '../../contracts/awaitable.js';
import type { Question } from '../../contracts/question.js';
import type { Verification } from '../../contracts/verification.js';
import type { VerificationObserver } from '../../contracts/verification-observer.js';
import type { ResolvedCacheOptions } from '../../options/resolved-options.js';
import type { Outcome } from '../outcome.js';
import { answerIdOf, keyHashOf, type AnswerId } from './answer-id.js';
import { copyOf } from './copy-of.js';
import { mayBeCached } from './is-storable.js';
import { LocalAnswers } from './local-answers.js';
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
  readonly #local: LocalAnswers;
  readonly #shared: SharedStore | undefined;
  readonly #flights = new Map<string, Promise<Flight>>();

  constructor(
    options: ResolvedCacheOptions,
    private readonly parts: CacheParts,
  ) {
    this.#local = new LocalAnswers(options, parts.now);
    this.#shared =
      options.store === undefined ? undefined : new SharedStore(options.store, options, parts, parts.scope);
  }

  /** At once where the answer is remembered. @param timeout ms over all of it */
  obtain(question: Question, timeout: number, ask: Ask): Awaitable<Outcome> {
    if (!mayBeCached(question.request)) return ask(question, timeout);
    const id = answerIdOf(question);
    const remembered = this.#local.fresh(id);
    return remembered === undefined ? this.#ask(id, question, timeout, ask) : this.#hit(remembered);
  }

  /** Nothing that was asked for until now is answered from memory any more. */
  async invalidate(target: Invalidated): Promise<void> {
    const id = target === 'everything' ? undefined : 'key' in target ? keyHashOf(target.key) : target.keyId;
    this.#local.revoke(id);
    // Whoever asks from now on must not be given what was asked for before.
    this.#flights.clear();
    await this.#shared?.invalidate(id);
  }

  /** Nest calls it when the app has stopped answering; the store may be closed by then. */
  onApplicationShutdown(): void {
    this.#shared?.stop();
  }

  #hit(verification: Verification): Outcome {
    this.parts.observer.cached('hit', verification.keyId);
    return { verification, source: 'cache' };
  }

  async #ask(id: AnswerId, question: Question, timeout: number, ask: Ask): Promise<Outcome> {
    const outcome = await this.#askTogether(id, question, timeout, ask);
    if (!('failure' in outcome) || outcome.failure.kind !== 'unavailable') return outcome;
    const verification = this.#local.stale(id);
    if (verification === undefined) return outcome;
    this.parts.observer.cached('stale', verification.keyId);
    return { verification, source: 'stale', standsInFor: outcome.failure };
  }

  /**
   * One call for all who ask the same at once, as long as its answer may be theirs: nobody knows beforehand whether
   * a key has credits. If it has, each who waited asks for itself, and nobody waits for that key again.
   */
  async #askTogether(id: AnswerId, question: Question, timeout: number, ask: Ask): Promise<Outcome> {
    const begun = this.parts.tick();
    if (this.#local.isAlone(id)) return (await this.#askAlone(id, question, timeout, ask)).outcome;
    const running = this.#flights.get(id.text);
    if (running === undefined) return (await this.#lead(id, question, timeout, ask)).outcome;
    const { outcome, isShared } = await running;
    if (!isShared) {
      return (await this.#askAlone(id, question, timeout - (this.parts.tick() - begun), ask)).outcome;
    }
    return 'failure' in outcome ? outcome : { ...outcome, verification: copyOf(outcome.verification) };
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
    const asking = this.#local.asking();
    const found = await this.#shared?.find(id, this.#local.keyIdOf(id), timeout);
    if (found !== undefined) this.#local.forgetUntil(id, found.invalidUntil);
    const adopted = found?.answer === undefined ? undefined : this.#local.adopt(id, found.answer, asking);
    if (adopted !== undefined) return { outcome: this.#hit(adopted), isShared: true };
    return this.#askAlone(id, question, timeout - (this.parts.tick() - begun), ask);
  }

  async #askAlone(id: AnswerId, question: Question, timeout: number, ask: Ask): Promise<Flight> {
    this.parts.observer.cached('miss', undefined);
    const asking = this.#local.asking();
    const outcome = await ask(question, timeout);
    if ('failure' in outcome) return { outcome, isShared: true };
    const { isShared, answer, dropped } = this.#local.keep(id, outcome.verification, asking);
    if (answer !== undefined) this.#shared?.keep(id, answer);
    if (dropped === 'answer') this.#shared?.drop(id);
    if (dropped === 'key') void this.#shared?.invalidate(id.keyHash);
    return { outcome, isShared };
  }
}
