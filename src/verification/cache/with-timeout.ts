/** The result of a task that failed or took too long. */
export const FAILED = Symbol('failed');

/** Waits at most `timeout` ms for a task. Never rejects. The task itself is not stopped. */
export function withTimeout<T>(task: () => T | Promise<T>, timeout: number): Promise<T | typeof FAILED> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(FAILED), timeout);
    const settle = (result: T | typeof FAILED) => {
      clearTimeout(timer);
      resolve(result);
    };
    run(task).then(settle, () => settle(FAILED));
  });
}

/** Turns an error that a task throws synchronously into a rejection. */
async function run<T>(task: () => T | Promise<T>): Promise<T> {
  return task();
}
