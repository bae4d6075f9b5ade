import type { Awaitable } from '../contracts/awaitable.js';
import type { VerificationMessage } from './channels.js';

/**
 * Runs a verification inside the context that a subscriber sets. The verification runs exactly once and its result counts,
 * even if the subscriber's function throws, does not call `run`, or calls it twice.
 */
export function runWithin<T>(within: VerificationMessage['within'], verify: () => Awaitable<T>): Promise<T> {
  let running: Promise<T> | undefined;
  const run = () => (running ??= invoke(verify));
  if (within !== undefined) invoke(() => within(run)).catch(warn);
  return run();
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}

/** Calls a function at once, and turns what it throws into a rejection. */
async function invoke<T>(verify: () => Awaitable<T>): Promise<T> {
  return verify();
}
