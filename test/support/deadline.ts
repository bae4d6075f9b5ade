import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { CHANNELS } from 'nestjs-unkey';
import { onTestFinished } from 'vitest';

/**
 * A `timeout` in ms that no verification reaches, however busy the machine is. Use a shorter one only where Unkey does
 * not answer at all: on a busy machine, an answer may take any time.
 */
export const AMPLE = 60_000;

/**
 * Tells how many verifications took longer than `ms` from now on, without measuring time: when a verification starts,
 * a timer starts with it, and it is late if it ends after that timer has fired. A busy machine delays that timer as
 * much as the timer of the deadline.
 */
export function countLate(ms: number): { readonly late: number; readonly ended: number } {
  const count = { late: 0, ended: 0 };
  const running = new Map<unknown, NodeJS.Timeout>();
  const started = (message: unknown) => {
    running.set(
      message,
      setTimeout(() => (count.late += 1), ms),
    );
  };
  const ended = (message: unknown) => {
    clearTimeout(running.get(message));
    count.ended += 1;
  };
  subscribe(CHANNELS.verificationStart, started);
  subscribe(CHANNELS.verificationEnd, ended);
  onTestFinished(() => {
    unsubscribe(CHANNELS.verificationStart, started);
    unsubscribe(CHANNELS.verificationEnd, ended);
    for (const timer of running.values()) clearTimeout(timer);
  });
  return count;
}
