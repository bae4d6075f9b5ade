/** What stands for a task that took too long or failed. */
export const FAILED = Symbol('failed');

/** Waits for a task no longer than so many ms, and never rejects; it may go on by itself. */
export function within<T>(task: () => T | Promise<T>, timeout: number): Promise<T | typeof FAILED> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(FAILED), timeout);
    const settle = (result: T | typeof FAILED) => {
      clearTimeout(timer);
      resolve(result);
    };
    run(task).then(settle, () => settle(FAILED));
  });
}

/** A task that throws instead of rejecting rejects here. */
async function run<T>(task: () => T | Promise<T>): Promise<T> {
  return task();
}
