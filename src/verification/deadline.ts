import type { Cancellation } from './cancellation.js';

/** Thrown when time is up; has no stack worth keeping and nothing of the request. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/** The end of the time that a task has. Its signal is made for those who ask for it: that costs more than all else here. */
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

  pass(reason: Error): void {
    this.#reason = reason;
    this.#listener?.(reason);
    this.#controller?.abort(reason);
  }
}

/**
 * Runs a task that must end within `timeout` ms. The deadline tells it to stop, and its result is not waited for
 * any longer even if it does not listen.
 */
export function withDeadline<T>(task: (deadline: Deadline) => Promise<T>, timeout: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const deadline = new Deadline();
    const timer = setTimeout(() => {
      const error = new DeadlineError(`no answer within ${timeout} ms`);
      reject(error);
      deadline.pass(error);
    }, timeout);
    start(task, deadline).then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        // Whatever it is, it is what the task was rejected with.
        // oxlint-disable-next-line typescript/prefer-promise-reject-errors
        reject(error);
      },
    );
  });
}

/** A task that throws instead of rejecting rejects here. */
function start<T>(task: (deadline: Deadline) => Promise<T>, deadline: Deadline): Promise<T> {
  try {
    // A user's verifier may give what only looks like a promise, or none at all.
    return Promise.resolve(task(deadline));
  } catch (error) {
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors
    return Promise.reject(error);
  }
}
