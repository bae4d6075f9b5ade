import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  CHANNELS,
  type BreakerMessage,
  type CacheMessage,
  type DenialMessage,
  type VerificationMessage,
} from '../telemetry/channels.js';

interface Messages {
  verificationStart: VerificationMessage;
  verificationEnd: VerificationMessage;
  cache: CacheMessage;
  breaker: BreakerMessage;
  denial: DenialMessage;
}

/**
 * Subscribes to one of the channels. All copies of the package in a process publish to the same channels.
 *
 * @returns what ends the subscription
 */
export function listen<Name extends keyof Messages>(
  name: Name,
  onMessage: (message: Messages[Name]) => void,
): () => void {
  const listener = (message: unknown) => {
    if (isMessage<Messages[Name]>(message)) onMessage(message);
  };
  subscribe(CHANNELS[name], listener);
  return () => void unsubscribe(CHANNELS[name], listener);
}

function isMessage<Message extends object>(message: unknown): message is Message {
  return typeof message === 'object' && message !== null;
}
