import { inspect } from 'node:util';

const SHOWN = '[root key]';

/** Holds the root key so that nothing prints it: not `util.inspect`, not JSON, not a template string. */
export class RootKey {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The root key in clear, for the one place that sends it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}
