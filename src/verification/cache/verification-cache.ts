import type { Awaitable } from '../../contracts/awaitable.js';
import type { Question } from '../../contracts/question.js';
import type { VerificationStore } from '../../contracts/verification-store.js';
import type { Verification } from '../../contracts/verification.js';
import type { VerificationObserver } from '../../contracts/verification-observer.js';
import type { ResolvedCacheOptions } from '../../options/resolved-options.js';
import type { Answered, Outcome } from '../outcome.js';
import { answerIdOf, answerTextOf, keyHashOf, type AnswerId } from './answer-id.js';
import type { Flight } from './flight.js';
import { mayBeCached } from './is-storable.js';
import { isKeyEnd } from './key-end.js';
import { KeysInFlight, type KeyInFlight } from './keys-in-flight.js';
import { LocalAnswers } from './local-answers.js';
import type { Moment } from './revocations.js';
import { SharedStore, type Clocks } from './shared-store.js';

/** Asks Unkey itself, within so many ms; never rejects. */
export type Ask = (question: Question, timeout: number) => Promise<Outcome>;

/** What an invalidation is about. */
export type Invalidated = { readonly key: string } | { readonly keyId: string } | 'everything';

/** One question on its way, and whom to ask. */
interface Errand {
  readonly id: AnswerId;
  readonly key: KeyInFlight;
  readonly question: Question;
  readonly ask: Ask;
}

export interface CacheParts extends Clocks {
  readonly observer: VerificationObserver;
  /** See {@link SharedStore}. */
  readonly scope: string;
  /** Closes the store, if the module made it. */
  readonly closeStore?: (() => Promise<void>) | undefined;
}

/** The option `cache`, with its store open. */
export interface CacheOptions extends ResolvedCacheOptions {
  readonly store: VerificationStore | undefined;
}

/**
 * Answers from memory where asking again would have changed nothing; asks otherwise.
 *
 * The end of a key: once Unkey told this instance NOT_FOUND, DISABLED or EXPIRED for a key, the instance gives no yes
 * to that key any more that was asked for before it was told, neither as an answer nor in an outage, whatever was
 * asked with the key. Such a yes can be in three places. In memory: all answers to the key are removed at once. In
 * flight: the key is listed while anything about it is asked, the end is noted there, and a yes that comes in later
 * but was asked for earlier is given to those who wait for it and to nobody after them. In the store: the instance
 * remembers when it was told and takes nothing older from there; and if the store may hold an answer to the key, the
 * end becomes a mark there, which every instance reads before it takes an answer. An instance that was not told goes
 * by what it holds in memory, until that is `ttl` (in an outage, `staleIfError`) old.
 */
export class VerificationCache {
  #local: LocalAnswers;
  readonly #shared: SharedStore | undefined;
  readonly #inFlight = new KeysInFlight();

  constructor(
    private readonly options: CacheOptions,
    private readonly parts: CacheParts,
  ) {
    this.#local = new LocalAnswers(options, parts.now);
    this.#shared =
      options.store === undefined ? undefined : new SharedStore(options.store, options, parts, parts.scope);
  }

  /** At once where the answer is cached. @param timeout ms over all of it */
  obtain(question: Question, timeout: number, ask: Ask): Awaitable<Outcome> {
    if (!mayBeCached(question.request)) return this.#askUncached(question, timeout, ask);
    const text = answerTextOf(question);
    const valid = this.#local.valid(text);
    if (valid !== undefined) return this.#hit(valid);
    const id = answerIdOf(question, text);
    const notFound = this.#local.notFound(id);
    return notFound === undefined ? this.#ask(id, question, timeout, ask) : this.#hit(notFound);
  }

  /** Nothing that was asked for until now is answered from memory any more. */
  async invalidate(target: Invalidated): Promise<void> {
    const id = target === 'everything' ? undefined : 'key' in target ? keyHashOf(target.key) : target.keyId;
    this.#local.revoke(id);
    // Who asks from now on must not be given what was asked for before.
    this.#inFlight.detachAll();
    await this.#shared?.invalidate(id);
  }

  /** Forgets what this instance has cached, as after a restart; the store keeps what it has. */
  forget(): void {
    this.#local = new LocalAnswers(this.options, this.parts.now);
    this.#inFlight.endAll();
  }

  /** Nest calls it when the app has stopped answering; a store that is not the module's may be closed by then. */
  async onApplicationShutdown(): Promise<void> {
    this.#shared?.stop();
    await this.parts.closeStore?.();
  }

  #hit(answered: Answered): Answered {
    this.parts.observer.cached('hit', answered.verification.keyId);
    return answered;
  }

  /** An answer that is not cached may end a key all the same. */
  async #askUncached(question: Question, timeout: number, ask: Ask): Promise<Outcome> {
    const outcome = await ask(question, timeout);
    if ('verification' in outcome && isKeyEnd(outcome.verification))
      this.#end(keyHashOf(question.request.key));
    return outcome;
  }

  #ask(id: AnswerId, question: Question, timeout: number, ask: Ask): Promise<Outcome> {
    return this.#inFlight.during(id.keyHash, async (key) => {
      const outcome = await this.#askTogether({ id, key, question, ask }, timeout);
      if (!('failure' in outcome) || outcome.failure.kind !== 'unavailable') return outcome;
      const verification = this.#local.stale(id);
      if (verification === undefined) return outcome;
      this.parts.observer.cached('stale', verification.keyId);
      return { verification, source: 'stale', standsInFor: outcome.failure };
    });
  }

  /**
   * One call for all who ask the same at once, as long as its answer may be theirs: nobody knows beforehand whether
   * a key has credits. If it has, each who waited asks for itself, and nobody waits for that key again.
   */
  async #askTogether(errand: Errand, timeout: number): Promise<Outcome> {
    const { id, key } = errand;
    const begun = this.parts.tick();
    if (this.#local.isUnshareable(id)) return (await this.#askAlone(errand, timeout)).outcome;
    const running = key.flights.get(id.text);
    if (running === undefined) return (await this.#lead(errand, timeout)).outcome;
    const { outcome, isShared } = await running;
    if (isShared) return outcome;
    return (await this.#askAlone(errand, timeout - (this.parts.tick() - begun))).outcome;
  }

  async #lead(errand: Errand, timeout: number): Promise<Flight> {
    const { text } = errand.id;
    const { flights } = errand.key;
    const flight = this.#lookAndAsk(errand, timeout);
    flights.set(text, flight);
    try {
      return await flight;
    } finally {
      if (flights.get(text) === flight) flights.delete(text);
    }
  }

  async #lookAndAsk(errand: Errand, timeout: number): Promise<Flight> {
    const { id, key } = errand;
    const begun = this.parts.tick();
    const asked = this.#local.asking();
    const found = await this.#shared?.find(id, this.#local.keyIdOf(id), timeout);
    if (found !== undefined) this.#local.forgetUntil(id, found.invalidUntil);
    if (found?.answer !== undefined) {
      const adopted = this.#local.adopt(id, found.answer, asked, key);
      if (adopted !== undefined) return { outcome: this.#hit(adopted), isShared: true };
      // It was written after this instance had looked whether the store holds an answer to this key.
      if (this.#local.hasEnded(id, found.answer.asked)) void this.#shared?.end(id.keyHash);
    }
    return this.#askAlone(errand, timeout - (this.parts.tick() - begun));
  }

  async #askAlone(errand: Errand, timeout: number): Promise<Flight> {
    this.parts.observer.cached('miss', undefined);
    const asked = this.#local.asking();
    const outcome = await errand.ask(errand.question, timeout);
    return { outcome, isShared: 'failure' in outcome || this.#keep(errand, outcome.verification, asked) };
  }

  /** Whether the answer may be everybody's who asked the same meanwhile. */
  #keep({ id, key }: Errand, verification: Verification, asked: Moment): boolean {
    if (isKeyEnd(verification)) return this.#keepEnd(id, verification, asked);
    const { isShared, answer, isDropped } = this.#local.keep(id, verification, asked, key);
    if (answer !== undefined) void this.#shared?.keep(id, answer);
    if (isDropped === true) void this.#shared?.drop(id);
    return isShared;
  }

  #keepEnd(id: AnswerId, verification: Verification, asked: Moment): boolean {
    this.#end(id.keyHash);
    const isUnknown = verification.code === 'NOT_FOUND';
    if (isUnknown) this.#local.keepNotFound(id, asked);
    else this.#local.setUnshareable(id);
    return isUnknown;
  }

  #end(keyHash: string): void {
    const hadAnswer = this.#local.end(keyHash);
    this.#inFlight.end(keyHash, this.#local.asking().order);
    if (hadAnswer) void this.#shared?.invalidate(keyHash);
    else void this.#shared?.end(keyHash);
  }
}
