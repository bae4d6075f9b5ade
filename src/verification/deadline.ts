import type { Cancellation } from './cancellation.js';

/** Thrown if a deadline passes. Holds nothing of the request. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/** The deadline of a task. Its `AbortSignal` is created only when it is read, because creating one is expensive. */
export class Deadline implements Cancellation {
  #reason: Error | undefined;
  #listener: ((reason: Error) => void) | undefined;
  #controller: AbortController | undefined;

  get reason(): Error | undefined {
    return this.#reason;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  onCancel(listener: (reason: Error) => void): void {
    this.#listener = listener;
  }

  expire(reason: Error): void {
    this.#reason = reason;
    this.#listener?.(reason);
    this.#controller?.abort(reason);
  }
}

/**
 * Runs a task with a deadline of `timeout` ms. After it, the task is cancelled, and its result is ignored even if it
 * continues.
 *
 * @throws DeadlineError if the deadline passes; otherwise what the task throws
 */
export function withDeadline<T>(task: (deadline: Deadline) => Promise<T>, timeout: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const deadline = new Deadline();
    const timer = setTimeout(() => {
      const error = new DeadlineError(`no response within ${timeout} ms`);
      reject(error);
      deadline.expire(error);
    }, timeout);
    start(task, deadline).then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        // Passes on what the task was rejected with, even if it is not an Error.
        // oxlint-disable-next-line typescript/prefer-promise-reject-errors
        reject(error);
      },
    );
  });
}

/** Turns an error that a task throws synchronously into a rejection. */
function start<T>(task: (deadline: Deadline) => Promise<T>, deadline: Deadline): Promise<T> {
  try {
    // A verifier of the user's own may return a thenable, or a plain value.
    return Promise.resolve(task(deadline));
  } catch (error) {
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors
    return Promise.reject(error);
  }
}
