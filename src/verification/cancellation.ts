/** Tells a task to stop, at most once. One listener at a time: the latest. */
export interface Cancellation {
  /** Why, once it is so. */
  readonly reason: Error | undefined;
  onCancel(listener: (reason: Error) => void): void;
}

/** A signal as a cancellation. */
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
