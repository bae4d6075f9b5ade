import { channel, type Channel } from 'node:diagnostics_channel';
import type { BreakerState } from '../contracts/verification-observer.js';
import type { VerifiedKey } from '../contracts/verified-key.js';

/** The names of the channels on `node:diagnostics_channel`, each with the type of its messages. */
export const CHANNELS = {
  /** {@link VerificationMessage}, with the fields that are known at the start. */
  verificationStart: 'nestjs-unkey:verification:start',
  /** {@link VerificationMessage}: the same object as at the start, complete. */
  verificationEnd: 'nestjs-unkey:verification:end',
  /** {@link CacheMessage} */
  cache: 'nestjs-unkey:cache',
  /** {@link BreakerMessage} */
  breaker: 'nestjs-unkey:breaker',
  /** {@link DenialMessage} */
  denial: 'nestjs-unkey:denial',
} as const;

/** A verification. It holds no key, no root key and no metadata. */
export interface VerificationMessage {
  /** The permission query, if permissions are required. */
  readonly permissions: string | undefined;
  /** What the call costs, if a cost is given. */
  readonly credits: number | undefined;
  /** The names of the limits that the call counts against. */
  readonly ratelimits: readonly string[];
  /**
   * Runs the verification inside a context, such as that of a span, so that what it calls is traced below that span. Set
   * it in a subscriber of `verificationStart`. If it is set already, call the function that is there. It is not
   * enumerable, so that the message can still be cloned.
   *
   * @example
   * const { within = (run) => run() } = message;
   * message.within = (run) => within(() => storage.run(span, run));
   */
  within?: <T>(run: () => T) => T;
  /** In ms. This field and all fields below are set at the end only. */
  durationMs?: number;
  source?: VerifiedKey['source'];
  /** Unkey's code, or `UNKEY_UNAVAILABLE` or `UNKEY_MISCONFIGURED`. */
  code?: string;
  keyId?: string | undefined;
  requestId?: string | undefined;
  /** Why the verification failed. */
  reason?: string;
}

/** The result of a cache lookup. */
export interface CacheMessage {
  readonly result: 'hit' | 'miss' | 'stale';
  /** Absent for a miss and for a key that does not exist. */
  readonly keyId: string | undefined;
}

/** A state change of the circuit breaker. */
export interface BreakerMessage {
  /** The new state. */
  readonly state: BreakerState;
}

/** A request that a guard denied because of its key, or because a rate limit is exceeded. */
export interface DenialMessage {
  readonly code: string;
  /** The HTTP status. */
  readonly status: number;
  /** Absent without a key, and if a limit of `@Ratelimit()` is exceeded. */
  readonly keyId: string | undefined;
  readonly requestId: string | undefined;
}

/** Publishes a message, which is only made if the channel has subscribers. */
export function publish<Message extends object>(to: Channel, message: () => Message): void {
  if (to.hasSubscribers) to.publish(message());
}

/** Opens the channels. They are shared by the whole process. */
export function openChannels(): Readonly<Record<keyof typeof CHANNELS, Channel>> {
  return {
    verificationStart: channel(CHANNELS.verificationStart),
    verificationEnd: channel(CHANNELS.verificationEnd),
    cache: channel(CHANNELS.cache),
    breaker: channel(CHANNELS.breaker),
    denial: channel(CHANNELS.denial),
  };
}
