import { LRUCache } from 'lru-cache';
import type { Verification } from '../../contracts/verification.js';
import type { AnswerId } from './answer-id.js';
import type { CachedAnswer } from './cached-answer.js';
import { sweep } from './sweep.js';

/** A cached yes in memory. */
export interface ValidAnswer {
  readonly id: AnswerId;
  readonly answer: CachedAnswer;
  /** What a hit hands out, made once. */
  readonly hit: { readonly verification: Verification; readonly source: 'cache' };
  /** What stands in during an outage, made when it is first needed. */
  stale: Verification | undefined;
  /** When it was asked for, in the order of {@link Revocations}. */
  readonly order: number;
  /** The latest revocation that it was compared with. */
  checked: number;
}

/**
 * The cached yeses of one instance, at most `max`, the least recently used goes first. The list of each key's answers
 * is part of it and always complete: whatever removes an answer removes it from that list too.
 */
export class ValidAnswers {
  readonly #answers: LRUCache<string, ValidAnswer>;
  readonly #byKey = new Map<string, ValidAnswer[]>();

  constructor(max: number) {
    this.#answers = new LRUCache({ max, dispose: (answer) => this.#unlist(answer) });
  }

  /** This counts as a use. */
  get(text: string): ValidAnswer | undefined {
    return this.#answers.get(text);
  }

  /** A list of its own, so that answers may be deleted while it is read. */
  ofKey(keyHash: string): readonly ValidAnswer[] {
    return this.#byKey.get(keyHash)?.slice() ?? [];
  }

  set(answer: ValidAnswer, now: number): void {
    sweep(this.#answers, ({ answer: { staleUntil } }) => staleUntil <= now);
    const { keyHash, text } = answer.id;
    this.#answers.set(text, answer);
    const list = this.#byKey.get(keyHash);
    if (list === undefined) this.#byKey.set(keyHash, [answer]);
    else list.push(answer);
  }

  /** Whether there was one. */
  delete(text: string): boolean {
    return this.#answers.delete(text);
  }

  /** Whether there was one. */
  deleteKey(keyHash: string): boolean {
    const list = this.#byKey.get(keyHash);
    if (list === undefined) return false;
    this.#byKey.delete(keyHash);
    for (const { id } of list) this.#answers.delete(id.text);
    return true;
  }

  clear(): void {
    this.#answers.clear();
  }

  #unlist(answer: ValidAnswer): void {
    const list = this.#byKey.get(answer.id.keyHash);
    if (list === undefined) return;
    if (list.length === 1) this.#byKey.delete(answer.id.keyHash);
    else list.splice(list.indexOf(answer), 1);
  }
}
