import { hash } from 'node:crypto';
import type { Awaitable } from '../../contracts/awaitable.js';
import type { Reverification } from '../../contracts/reverification.js';
import type { Verification } from '../../contracts/verification.js';
import type { VerifyOptions } from '../../contracts/verify-options.js';
import { ConnectionCache } from './connection-cache.js';
import { RecentMessages, type MessageArgs } from './recent-messages.js';

const CONNECTION = Symbol.for('nestjs-unkey:connection');

/** The maximum number of accepted keys that are stored per client. The least recently used one is deleted first. */
const MAX_KEYS = 100;

/** The state of one WebSocket client. It is stored on the client object, and freed with it. */
export class Connection {
  readonly messages = new RecentMessages();
  /** Whether denials are sent to a `ws` client, because Nest 11 does not send them. */
  isRelaying = false;

  readonly #cache = new ConnectionCache();
  readonly #payloadKeys = new WeakMap<MessageArgs, Set<string>>();
  readonly #keys = new WeakMap<MessageArgs, string>();
  readonly #accepted = new Set<string>();
  #ready: Promise<unknown> | undefined;

  /**
   * What guards of this client's messages wait for: every verification of the connection itself. Rejects if one of them
   * was denied, also later: the client is about to be disconnected. `undefined` if there is nothing to wait for.
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

  /** Records a key that was found in a message's data. It is valid for that message only. */
  foundInPayload(args: MessageArgs, key: string): void {
    const keys = this.#payloadKeys.get(args) ?? new Set();
    this.#payloadKeys.set(args, keys.add(key));
  }

  /** Whether a key was found in the data of this message. */
  isFromPayload(args: MessageArgs, key: string): boolean {
    return this.#payloadKeys.get(args)?.has(key) === true;
  }

  verification(
    args: MessageArgs,
    question: { readonly key: string; readonly scope: string; readonly demands: VerifyOptions },
    rules: Reverification,
    verify: () => Awaitable<Verification>,
  ): Awaitable<Verification> {
    // A key source of the app can return any value that the client sent.
    if (!isText(question.key)) return verify();
    const keyHash = this.identify(args, question);
    const isCacheable = rules.verifyOn === 'connection' && !this.isFromPayload(args, question.key);
    if (!isCacheable) return verify();
    return this.#cache.obtain({ keyHash, scope: question.scope, demands: question.demands }, rules, verify);
  }

  /** Records which key a message has. Returns its hash. */
  identify(args: MessageArgs, { key, scope }: { readonly key: string; readonly scope: string }): string {
    const keyHash = hash('sha256', key, 'base64url');
    // With the scope, because a key that one instance accepted is not revoked if another instance rejects it.
    this.#keys.set(args, `${scope} ${keyHash}`);
    return keyHash;
  }

  /** Records that the key of this message was accepted. */
  accept(args: MessageArgs): void {
    const key = this.#keys.get(args);
    if (key === undefined) return;
    // Deleted first, so that the key that was used least recently is the first in the set.
    this.#accepted.delete(key);
    this.#accepted.add(key);
    for (const oldest of this.#accepted) {
      if (this.#accepted.size <= MAX_KEYS) break;
      this.#accepted.delete(oldest);
    }
  }

  /** Whether the key of this message was accepted for an earlier message. */
  wasAccepted(args: MessageArgs): boolean {
    return this.#accepted.has(this.#keys.get(args) ?? '');
  }
}

/** Returns the state of a client, and creates it if needed. */
export function connectionOf(client: object & { [CONNECTION]?: Connection }): Connection {
  const existing = client[CONNECTION];
  if (existing !== undefined) return existing;
  const connection = new Connection();
  // Not enumerable, so that it is not printed with the client.
  Object.defineProperty(client, CONNECTION, { value: connection });
  return connection;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
