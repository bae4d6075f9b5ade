import type { Awaitable } from '../contracts/awaitable.js';
import type { Question } from '../contracts/question.js';
import type { Verification } from '../contracts/verification.js';
import type { VerificationObserver } from '../contracts/verification-observer.js';
import type { VerifiedKey } from '../contracts/verified-key.js';
import type { VerifyRequest } from '../contracts/verifier.js';
import { isUnkeyException, type UnkeyException } from '../errors/unkey.exception.js';
import type { VerificationFailure } from '../errors/verification-failure.js';
import {
  openChannels,
  publish,
  type BreakerMessage,
  type CacheMessage,
  type DenialMessage,
  type VerificationMessage,
} from './channels.js';
import { runWithin } from './run-within.js';

/** How a verification ended. */
type End =
  | { readonly verification: Verification; readonly source?: VerifiedKey['source'] }
  | { readonly failure: VerificationFailure };

/** Publishes events on `node:diagnostics_channel`. They cost next to nothing without subscribers. */
export class VerificationEvents implements VerificationObserver {
  readonly #channels = openChannels();

  cached(result: CacheMessage['result'], keyId: string | undefined): void {
    publish(this.#channels.cache, (): CacheMessage => ({ result, keyId }));
  }

  breakerChanged(state: BreakerMessage['state']): void {
    publish(this.#channels.breaker, (): BreakerMessage => ({ state }));
  }

  denied(denial: UnkeyException): void {
    publish(this.#channels.denial, () => denialMessage(denial));
  }

  /** Whether the channels that {@link around} publishes to have subscribers. */
  isHeard(): boolean {
    return this.#channels.verificationStart.hasSubscribers || this.#channels.verificationEnd.hasSubscribers;
  }

  /** Runs a verification and publishes its start and its end. */
  around<E extends End>({ request }: Question, verify: () => Awaitable<E>): Promise<E> {
    const message = startMessage(request);
    // `runStores` also publishes. It enters the context of subscribers that bind an AsyncLocalStorage to the channel.
    return this.#channels.verificationStart.runStores(message, async () => {
      const begun = performance.now();
      const end = await runWithin(message.within, verify);
      const durationMs = performance.now() - begun;
      this.#channels.verificationEnd.publish(Object.assign(message, { durationMs }, factsOf(end)));
      return end;
    });
  }
}

function startMessage(request: VerifyRequest): VerificationMessage {
  const message: VerificationMessage = {
    permissions: request.permissions,
    credits: request.credits?.cost,
    ratelimits: (request.ratelimits ?? []).map(({ name }) => name),
  };
  // A function that is enumerable would make `structuredClone` and `postMessage` fail.
  return Object.defineProperty(message, 'within', { value: undefined, writable: true });
}

/** Whether a request is denied because of its key, and not because the verification failed. */
export function isDenial(error: unknown): error is UnkeyException {
  return (
    isUnkeyException(error) && error.code !== 'UNKEY_UNAVAILABLE' && error.code !== 'UNKEY_MISCONFIGURED'
  );
}

function factsOf(end: End): Partial<VerificationMessage> {
  if ('failure' in end) {
    const { kind, reason, requestId } = end.failure;
    return {
      code: kind === 'misconfigured' ? 'UNKEY_MISCONFIGURED' : 'UNKEY_UNAVAILABLE',
      reason,
      requestId,
    };
  }
  const { code, keyId, requestId } = end.verification;
  return { code, keyId, requestId, source: end.source ?? 'unkey' };
}

function denialMessage(denial: UnkeyException): DenialMessage {
  const verification: unknown = 'verification' in denial ? denial.verification : undefined;
  const keyId: unknown =
    typeof verification === 'object' && verification !== null
      ? Reflect.get(verification, 'keyId')
      : undefined;
  return {
    code: denial.code,
    status: denial.getStatus(),
    keyId: typeof keyId === 'string' ? keyId : undefined,
    requestId: denial.requestId,
  };
}
