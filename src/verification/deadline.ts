/** Thrown when time is up; has no stack worth keeping and nothing of the request. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/**
 * Runs a task that must end within `timeout` ms. The signal tells it to stop, and its result is not waited for any
 * longer even if it does not listen.
 */
export function withDeadline<T>(task: (signal: AbortSignal) => Promise<T>, timeout: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    const timer = setTimeout(() => {
      const error = new DeadlineError(`no answer within ${timeout} ms`);
      reject(error);
      controller.abort(error);
    }, timeout);
    run(task, controller.signal).then(
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
async function run<T>(task: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  return task(signal);
}
