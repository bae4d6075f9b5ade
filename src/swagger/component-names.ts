import { isDeepStrictEqual } from 'node:util';

/**
 * The components of one kind: those of the given document, and those that are added. An added one never replaces another:
 * if its name is taken by something else, it gets a number.
 */
export class ComponentNames<Component extends object> {
  readonly #components: Record<string, Component>;

  constructor(given: Readonly<Record<string, Component>> = {}) {
    this.#components = { ...given };
  }

  /** All components by name. */
  get all(): Record<string, Component> {
    return this.#components;
  }

  /** Adds a component, unless an equal one has the name already, and returns the name that it has. */
  add(name: string, component: Component): string {
    // The names that OpenAPI allows.
    const wanted = name.replace(/[^\w.-]/g, '_');
    for (let n = 1; ; n++) {
      const free = n === 1 ? wanted : `${wanted}-${n}`;
      const taken = Object.hasOwn(this.#components, free) ? this.#components[free] : undefined;
      if (taken === undefined) this.#components[free] = component;
      if (taken === undefined || isDeepStrictEqual(taken, component)) return free;
    }
  }
}
