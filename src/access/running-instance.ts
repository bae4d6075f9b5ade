import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Knows for which instance of the module the steps of a guard run, so that `this.unkey` and `this.options` of a
 * subclass are those of that instance, also in concurrent requests.
 */
export class RunningInstance<Instance> {
  /** Created when the guard first runs for another instance than its own; most apps have only one. */
  #storage: AsyncLocalStorage<Instance> | undefined;

  /** @param own the instance that is current outside of {@link run} */
  constructor(private readonly own: Instance) {}

  /** The instance of the request that runs, or else the guard's own. */
  get current(): Instance {
    return this.#storage?.getStore() ?? this.own;
  }

  /** Calls a function, in which an instance is the current one until its promise settles. */
  run<Result>(instance: Instance, steps: () => Result): Result {
    if (instance !== this.own) this.#storage ??= new AsyncLocalStorage();
    // Once there is a storage, every request uses it. Otherwise a request within another one would inherit its instance.
    return this.#storage === undefined ? steps() : this.#storage.run(instance, steps);
  }
}
