import { channel, type Channel } from 'node:diagnostics_channel';
import type { BreakerState } from '../contracts/verification-observer.js';
import type { VerifiedKey } from '../contracts/verified-key.js';

/** The names of the channels on `node:diagnostics_channel`; each message is of the type named here. */
export const CHANNELS = {
  /** {@link VerificationMessage}, as far as it is known then. */
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

/** One verification. Holds no key, no root key and nothing that the key's owner stored. */
export interface VerificationMessage {
  /** The permission query, where permissions are demanded. */
  readonly permissions: string | undefined;
  /** What the call costs, where that is said. */
  readonly credits: number | undefined;
  /** The names of the limits that are demanded. */
  readonly ratelimits: readonly string[];
  /** From here on: at the end only. */
  durationMs?: number;
  source?: VerifiedKey['source'];
  /** Unkey's code, or `UNKEY_UNAVAILABLE` or `UNKEY_MISCONFIGURED`. */
  code?: string;
  keyId?: string | undefined;
  requestId?: string | undefined;
  /** Why there is no verdict. */
  reason?: string;
}

/** What the cache had for a verification that it may answer. */
export interface CacheMessage {
  readonly result: 'hit' | 'miss' | 'stale';
  /** Absent for a miss and for a key that does not exist. */
  readonly keyId: string | undefined;
}

/** A change of the breaker: from now on it is in this state. */
export interface BreakerMessage {
  readonly state: BreakerState;
}

/** A request that a guard refused because of its key. */
export interface DenialMessage {
  readonly code: string;
  /** The HTTP status. */
  readonly status: number;
  readonly keyId: string | undefined;
  readonly requestId: string | undefined;
}

/** A channel, and a message that is only made where somebody listens. */
export function publish<Message extends object>(to: Channel, message: () => Message): void {
  if (to.hasSubscribers) to.publish(message());
}

/** The channels themselves; they belong to the process. */
export function openChannels(): Readonly<Record<keyof typeof CHANNELS, Channel>> {
  return {
    verificationStart: channel(CHANNELS.verificationStart),
    verificationEnd: channel(CHANNELS.verificationEnd),
    cache: channel(CHANNELS.cache),
    breaker: channel(CHANNELS.breaker),
    denial: channel(CHANNELS.denial),
  };
}
