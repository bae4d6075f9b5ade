import type { Awaitable } from '../../contracts/awaitable.js';
import type { Reverification } from '../../contracts/reverification.js';
import type { Verification } from '../../contracts/verification.js';
import type { VerifyOptions } from '../../contracts/verify-options.js';

/** So many answers are held for one client at most; the oldest goes first. */
const MOST = 20;

interface Held {
  readonly verification: Verification;
  readonly moment: number;
  readonly until: number;
}

/** What a client asks for: the hash of its key, who verifies, and what is demanded. */
export interface HeldQuestion {
  readonly keyHash: string;
  readonly scope: string;
  readonly demands: VerifyOptions;
}

/** Answers that serve further messages of one client, as long as asking again would change nothing. */
export class HeldAnswers {
  readonly #held = new Map<string, Held>();
  readonly #asking = new Map<string, Promise<Held | undefined>>();

  /** A held answer, or what `verify` gives; messages that come together wait for one call if its answer is held. */
  obtain(
    question: HeldQuestion,
    rules: Reverification,
    verify: () => Awaitable<Verification>,
  ): Awaitable<Verification> {
    const id = idOf(question);
    const held = this.#held.get(id);
    if (held !== undefined) {
      if (this.#stands(held, question, rules)) return held.verification;
      this.#held.delete(id);
    }
    return this.#ask(id, question, rules, verify);
  }

  async #ask(
    id: string,
    question: HeldQuestion,
    rules: Reverification,
    verify: () => Awaitable<Verification>,
  ): Promise<Verification> {
    const running = await this.#asking.get(id)?.catch(() => undefined);
    if (running !== undefined && this.#stands(running, question, rules)) return running.verification;
    const moment = rules.moment();
    const verifying = Promise.resolve(verify());
    const asking = verifying.then((verification) => this.#keep(id, question, rules, moment, verification));
    this.#asking.set(id, asking);
    try {
      return (await Promise.all([verifying, asking]))[0];
    } finally {
      if (this.#asking.get(id) === asking) this.#asking.delete(id);
    }
  }

  #keep(
    id: string,
    { demands }: HeldQuestion,
    rules: Reverification,
    moment: number,
    verification: Verification,
  ): Held | undefined {
    if (!mayBeHeld(verification, demands)) return undefined;
    const until = Math.min(rules.now() + rules.reverifyAfter, verification.expires ?? Infinity);
    const held = {
      verification: Object.freeze({ ...verification, source: 'cache' as const }),
      moment,
      until,
    };
    this.#held.set(id, held);
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= MOST) break;
      this.#held.delete(oldest);
    }
    return held;
  }

  #stands({ verification, moment, until }: Held, { keyHash }: HeldQuestion, rules: Reverification): boolean {
    return rules.now() < until && !rules.isInvalidatedSince(moment, keyHash, verification.keyId);
  }
}

/** Tags say nothing about whether a key passes. */
function idOf({ keyHash, scope, demands }: HeldQuestion): string {
  return `${scope} ${keyHash} ${JSON.stringify({ ...demands, tags: undefined })}`;
}

/** Whether asking again would spend nothing and count nothing. */
function mayBeHeld(verification: Verification, { credits, ratelimits = [] }: VerifyOptions): boolean {
  if (!verification.valid || verification.source === 'stale') return false;
  if (ratelimits.length > 0 || (verification.ratelimits?.length ?? 0) > 0) return false;
  return credits === 0 || verification.credits === undefined;
}
