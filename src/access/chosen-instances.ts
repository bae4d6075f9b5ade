import { UnkeyConfigError } from '../errors/unkey-config.error.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';

/** The instances of the module that a guard uses: its own, and those that handlers choose with `@UseUnkey(name)`. */
export class ChosenInstances<Instance extends { readonly options: ResolvedUnkeyOptions }> {
  readonly #named = new Map<string, Instance>();

  /**
   * @param own the instance for handlers without `@UseUnkey()`
   * @param find called once for each other name; returns `undefined` if there is no such instance
   */
  constructor(
    readonly own: Instance,
    private readonly find: (name: string) => Instance | undefined,
  ) {}

  /**
   * Returns the instance that a handler chooses.
   *
   * @throws UnkeyConfigError if there is no instance with this name
   */
  named(name: string | undefined): Instance {
    if (name === undefined || name === this.own.options.name) return this.own;
    const known = this.#named.get(name);
    if (known !== undefined) return known;
    const found = this.find(name);
    if (found === undefined) throw new UnkeyConfigError(`There is no instance ${JSON.stringify(name)}.`);
    this.#named.set(name, found);
    return found;
  }
}
