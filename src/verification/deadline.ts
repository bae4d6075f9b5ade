/** Thrown when time is up; has no stack worth keeping and nothing of the request. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/**
 * Runs a task that must end within `timeout` ms. The signal tells it to stop, and its result is not waited for any
 * longer even if it does not listen.
 */
export async function withDeadline<T>(
  task: (signal: AbortSignal) => Promise<T>,
  timeout: number,
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new DeadlineError(`no answer within ${timeout} ms`);
      reject(error);
      controller.abort(error);
    }, timeout);
  });
  try {
    return await Promise.race([task(controller.signal), expired]);
  } finally {
    clearTimeout(timer);
  }
}
