import { timingSafeEqual } from 'node:crypto';
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

  /** Whether a text is this root key. Takes the same time for every text of the root key's length. */
  equals(text: string): boolean {
    // Nearly every text differs in its length, which is no secret.
    if (text.length !== this.#value.length) return false;
    const [given, own] = [Buffer.from(text), Buffer.from(this.#value)];
    return given.length === own.length && timingSafeEqual(given, own);
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
