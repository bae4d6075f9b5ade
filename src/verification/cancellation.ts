/** Cancels a task, at most once. It has one listener: a new one replaces the old one. */
export interface Cancellation {
  /** Why the task was cancelled; `undefined` while it was not. */
  readonly reason: Error | undefined;
  onCancel(listener: (reason: Error) => void): void;
}

/** Turns an `AbortSignal` into a cancellation. */
export function cancellationBy(signal: AbortSignal): Cancellation {
  return {
    get reason() {
      return signal.aborted ? reasonOf(signal) : undefined;
    },
    onCancel: (listener) =>
      signal.addEventListener('abort', () => listener(reasonOf(signal)), { once: true }),
  };
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error('aborted');
}
