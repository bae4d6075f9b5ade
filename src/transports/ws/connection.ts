import { hash } from 'node:crypto';
import type { Awaitable } from '../../contracts/awaitable.js';
import type { Reverification } from '../../contracts/reverification.js';
import type { Verification } from '../../contracts/verification.js';
import type { VerifyOptions } from '../../contracts/verify-options.js';
import { HeldAnswers } from './held-answers.js';
import { RecentMessages, type MessageArgs } from './recent-messages.js';

const CONNECTION = Symbol.for('nestjs-unkey:connection');

/** So many keys of one client are known at most. */
const MOST_KEYS = 100;

/** What this module knows about one WebSocket client. It stands on the client, and goes with it. */
export class Connection {
  readonly messages = new RecentMessages();
  /** Whether refusals are relayed to a client of `ws`, where Nest 11 does not. */
  isRelaying = false;

  readonly #held = new HeldAnswers();
  readonly #payloadKeys = new WeakMap<MessageArgs, Set<string>>();
  readonly #ofPayload = new WeakSet<MessageArgs>();
  readonly #keys = new WeakMap<MessageArgs, string>();
  readonly #accepted = new Set<string>();
  #ready: Promise<unknown> | undefined;

  /**
   * What guards of this client's messages wait for: every verification of the connection itself. Rejects if one of them
   * was refused, and stays so: the client is about to be closed. `undefined` if there is nothing to wait for.
   */
  get ready(): Promise<unknown> | undefined {
    return this.#ready;
  }

  /** Lets guards wait for a verification of the connection. */
  verifying(verification: Promise<unknown>): void {
    const ready = Promise.all([this.#ready, verification]);
    this.#ready = ready;
    const done = () => {
      if (this.#ready === ready) this.#ready = undefined;
    };
    // A rejection is for the guards, of which there may be none.
    ready.then(done, () => {});
  }

  /** A key that stood in a message's data counts for that message alone. */
  foundInPayload(args: MessageArgs, key: string): void {
    const keys = this.#payloadKeys.get(args) ?? new Set();
    this.#payloadKeys.set(args, keys.add(key));
  }

  verification(
    args: MessageArgs,
    question: { readonly key: string; readonly scope: string; readonly demands: VerifyOptions },
    rules: Reverification,
    verify: () => Awaitable<Verification>,
  ): Awaitable<Verification> {
    const keyHash = hash('sha256', question.key, 'base64url');
    this.#keys.set(args, keyHash);
    const isOfPayload = this.#payloadKeys.get(args)?.has(question.key) === true;
    if (isOfPayload) this.#ofPayload.add(args);
    if (rules.verifyOn === 'message' || isOfPayload) return verify();
    return this.#held.obtain({ keyHash, scope: question.scope, demands: question.demands }, rules, verify);
  }

  /** Whether the key of this message came with the handshake. */
  isOfHandshake(args: MessageArgs): boolean {
    return !this.#ofPayload.has(args);
  }

  /** The key of this message was accepted. */
  accept(args: MessageArgs): void {
    const key = this.#keys.get(args);
    if (key !== undefined && this.#accepted.size < MOST_KEYS) this.#accepted.add(key);
  }

  /** Whether the key of this message had been accepted before. */
  wasAccepted(args: MessageArgs): boolean {
    return this.#accepted.has(this.#keys.get(args) ?? '');
  }
}

/** What is known about a client; made when it is first asked for. */
export function connectionOf(client: object & { [CONNECTION]?: Connection }): Connection {
  const known = client[CONNECTION];
  if (known !== undefined) return known;
  const connection = new Connection();
  // Not enumerable: a client that is printed shows nothing of it.
  Object.defineProperty(client, CONNECTION, { value: connection });
  return connection;
}
